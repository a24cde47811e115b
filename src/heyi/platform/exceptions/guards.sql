CALL platform_append_only('exceptions_caselog');
