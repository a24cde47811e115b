"""Going live, with assurance: migration, rehearsal, exceptions, dual running."""
