-- A lane is looked up for every waiting job; procrastinate's own index leads with the id.
CREATE INDEX IF NOT EXISTS jobs_lane ON procrastinate_jobs (lock, priority DESC, id)
  WHERE status IN ('todo', 'doing');
