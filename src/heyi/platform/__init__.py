"""What every module leans on: documents, access, screens, numbers, jobs, files, exceptions."""
