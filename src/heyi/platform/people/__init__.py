"""The people of a company as it is organised: departments, who heads them, who works where."""
