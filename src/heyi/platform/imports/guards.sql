CALL platform_append_only('imports_stageedit');
