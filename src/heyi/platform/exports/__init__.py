"""Any list as a file: xlsx or csv, with the rights, filters and order of the list itself."""
