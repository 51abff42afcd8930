"""One folder per process and database: profile, grading, scheduler, feedback."""
