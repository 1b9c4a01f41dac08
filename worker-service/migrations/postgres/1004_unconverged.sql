-- The workers that are not in their desired state: few, and counted every ten seconds by each process.
CREATE INDEX workers_unconverged ON workers (desired_state) WHERE deleted_at IS NULL AND observed_state <> desired_state;
