-- The commits and rows of one action, in the order in which the product makes them, with JSON of the same size. pgbench takes
-- what follows a colon for a variable, so instants in JSON have hyphens.
\set number :client_id * :each + random(0, :each - 1)

-- task-service asks worker-service whether the worker exists.
SELECT worker_id AS worker, instance_id AS machine, revision + 1 AS revision, revision + 2 AS next_revision,
        desired_generation + 1 AS generation, CASE desired_state WHEN 'running' THEN 'stopped' ELSE 'running' END AS state
    FROM workers.workers JOIN public.numbers ON id = worker_id WHERE number = :number AND deleted_at IS NULL \gset

-- The request.
BEGIN;
INSERT INTO tasks.worker_action_seqs AS drawn (worker_id, last) VALUES (:worker, 1)
    ON CONFLICT (worker_id) DO UPDATE SET last = drawn.last + 1 RETURNING last AS seq \gset
SELECT task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence
    FROM tasks.action_queue WHERE worker_id = :worker;
INSERT INTO tasks.tasks (id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at, updated_at, version,
        revision, action, class)
    VALUES (public.next_id(), 'Stop worker 17', '', 'pending', 'medium', NULL, NULL, :worker, 'bench', public.micros(),
        public.micros(), 1, 1, '{"run": {"phase": "queued", "attempt": 0, "has_begun": false, "number": 1, "deadline": 1795688944650081, "max_attempts": 10, "has_replaced_begun": false}, "seq": 3, "verb": "stop", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9"}', 1)
    RETURNING id AS task \gset
INSERT INTO tasks.action_queue (task_id, worker_id, action_seq, verb, priority, due_key, asked_at, deadline, phase, ready_at,
        fence, run, attempt, on_behalf_of)
    VALUES (:task, :worker, :seq, 'stop', 1, public.micros(), public.micros(), public.micros() + 1800000000, 'queued',
        public.micros(), 0, 1, 0, 'bench');
INSERT INTO tasks.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        created_by_before, exists_after, created_by_after, resource, changed_before)
    VALUES (public.next_id(), 'task.created', 'task', :task, 1, public.micros(), 'bench', NULL, FALSE, NULL, TRUE, 'bench',
        '{"id": "01a2174b-5cca-7432-a574-b1df2acff553", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker 17", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "action_seq": "3"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "created_at": "2026-11-26T09-59-04.650081+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.650081+00-00"}',
        NULL);
COMMIT;

-- The claim of the dispatcher.
UPDATE tasks.action_queue SET fence = fence + 1, lease_owner = :task, ready_at = public.micros() + 30000000
    WHERE task_id = :task
    RETURNING task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence;

-- worker-service is going to be called.
BEGIN;
SELECT id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at, updated_at, version,
        revision, action
    FROM tasks.tasks WHERE id = :task AND deleted_at IS NULL FOR UPDATE;
UPDATE tasks.action_queue SET phase = 'applying', attempt = 1 WHERE task_id = :task AND action_seq = :seq AND fence = 1
    RETURNING task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence;
UPDATE tasks.tasks SET title = 'Stop worker 17', description = '', status = 'in_progress', priority = 'medium', assignee_id = NULL,
        department = NULL, worker_id = :worker, updated_at = public.micros(), version = 1, revision = 2, class = 1,
        action = '{"run": {"call": {"started_at": 1795687144721890}, "phase": "applying", "attempt": 1, "has_begun": true, "number": 1, "deadline": 1795688944650081, "max_attempts": 10, "has_replaced_begun": false}, "seq": 3, "verb": "stop", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9"}'
    WHERE id = :task;
INSERT INTO tasks.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        created_by_before, exists_after, created_by_after, resource, changed_before)
    VALUES (public.next_id(), 'task.status.updated', 'task', :task, 2, public.micros(), 'task-service', 'bench', TRUE, 'bench', TRUE, 'bench',
        '{"id": "01a2174b-5cca-7432-a574-b1df2acff553", "run": {"phase": "TASK_PHASE_APPLYING", "attempt": 1, "number": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker 17", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "action_seq": "3"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "created_at": "2026-11-26T09-59-04.650081+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.650081+00-00"}',
        '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
COMMIT;

-- worker-service sets the desired state.
BEGIN;
SELECT id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision, desired_state,
        desired_generation, desired_set_by, observed_state, observed_generation, observed_since, instance_id, desired_reason,
        desired_set_at, observed_address, outcome_result, outcome_at, outcome_reason, outcome_message, converged_at,
        failure_reason, failure_message, action_seq, incarnation, is_machine_lost
    FROM workers.workers WHERE id = :worker AND deleted_at IS NULL FOR UPDATE;
SELECT generation FROM workers.desired_requests WHERE worker_id = :worker AND request_id = :task || '.1';
UPDATE workers.workers SET updated_at = public.micros(), revision = :revision, desired_state = :state,
        desired_generation = :generation, desired_set_by = 'bench', desired_set_at = public.micros(), outcome_result = NULL,
        outcome_at = NULL, action_seq = :seq
    WHERE id = :worker;
INSERT INTO workers.worker_generations (worker_id, generation, provider, state, set_by, set_at, action_seq)
    VALUES (:worker, :generation, 'simulated', :state, 'bench', public.micros(), :seq);
SELECT book, due_at FROM workers.reconciles WHERE worker_id = :worker;
INSERT INTO workers.reconciles (worker_id, due_at, book) VALUES (:worker, 0,
        '{"flips": {"ready": {"since": 1795687144725623, "status": "false"}, "stalled": {"since": 1795687138023759, "status": "false"}, "reconciling": {"since": 1795687144725623, "status": "true"}}, "waiting": null, "attempts": [{"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 100}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 101}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 102}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 103}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 104}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 105}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 106}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 107}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 108}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 109}], "failures": 0, "last_call": null, "created_at": 1795687138023759, "next_retry": null, "missing_since": null, "stopping_since": null}')
    ON CONFLICT (worker_id) DO UPDATE SET due_at = 0, wakes = reconciles.wakes + 1, book = excluded.book;
INSERT INTO workers.desired_requests (worker_id, request_id, generation) VALUES (:worker, :task || '.1', :generation);
INSERT INTO workers.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        exists_after, resource, changed_before)
    VALUES (public.next_id(), 'worker.updated', 'worker', :worker, :revision, public.micros(), 'task-service', 'bench', TRUE, TRUE,
        '{"id": "01a2174b-429c-7108-95b0-f207f26988f9", "name": "worker 17", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T09-59-04.725623+00-00", "set_by": "bench", "generation": "4"}, "version": "1", "observed": {"since": "2026-11-26T09-59-02.534401+00-00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.168.48.141", "generation": "3"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T09-58-57.948747+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.725623+00-00", "instance_id": "i-d1b1d3c23831341a8", "converged_at": "2026-11-26T09-59-02.534401+00-00", "instance_type": "m5.metal"}',
        '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T09-59-02.517772+00-00", "set_by": "bench", "generation": "3"}, "outcome": {"time": "2026-11-26T09-59-02.534401+00-00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "3"}}');
COMMIT;

-- The task waits for the outcome.
BEGIN;
SELECT id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at, updated_at, version,
        revision, action
    FROM tasks.tasks WHERE id = :task AND deleted_at IS NULL FOR UPDATE;
UPDATE tasks.action_queue SET phase = 'applied', generation = :generation, ready_at = NULL, lease_owner = NULL
    WHERE task_id = :task AND action_seq = :seq AND fence = 1
    RETURNING task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence;
UPDATE tasks.tasks SET title = 'Stop worker 17', description = '', status = 'in_progress', priority = 'medium', assignee_id = NULL,
        department = NULL, worker_id = :worker, updated_at = public.micros(), version = 1, revision = 3, class = 1,
        action = '{"run": {"phase": "applied", "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795687144721890}], "has_begun": true, "applied_generation": 4, "number": 1, "deadline": 1795688944650081, "max_attempts": 10, "has_replaced_begun": false}, "seq": 3, "verb": "stop", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9"}'
    WHERE id = :task;
INSERT INTO tasks.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        created_by_before, exists_after, created_by_after, resource, changed_before)
    VALUES (public.next_id(), 'task.updated', 'task', :task, 3, public.micros(), 'task-service', 'bench', TRUE, 'bench', TRUE, 'bench',
        '{"id": "01a2174b-5cca-7432-a574-b1df2acff553", "run": {"phase": "TASK_PHASE_APPLIED", "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T09-59-04.721890+00-00"}], "applied_generation": "4", "number": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker 17", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "action_seq": "3"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "created_at": "2026-11-26T09-59-04.650081+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.650081+00-00"}',
        '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}}');
COMMIT;
SELECT result, ended_at, reason, message, set_at, traceparent, tracestate FROM workers.worker_generations
    WHERE worker_id = :worker AND generation = :generation;

-- The claim of the reconciler, and its look at worker and machine.
UPDATE workers.reconciles SET lease_owner = :task, lease_until = public.micros() + 30000000, fence = fence + 1
    WHERE worker_id = :worker RETURNING fence \gset
SELECT id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision, desired_state,
        desired_generation, desired_set_by, observed_state, observed_generation, observed_since, instance_id, desired_reason,
        desired_set_at, observed_address, outcome_result, outcome_at, outcome_reason, outcome_message, converged_at,
        failure_reason, failure_message, action_seq, incarnation, is_machine_lost
    FROM workers.workers WHERE id = :worker AND deleted_at IS NULL;
SELECT book, due_at FROM workers.reconciles WHERE worker_id = :worker;
SELECT result, ended_at, reason, message, set_at, traceparent, tracestate FROM workers.worker_generations
    WHERE worker_id = :worker AND generation = :generation;
SELECT id, region, instance_type, tags, owner, launched_at, visible_at, state, since, reason, ends_at, reads_left, first_ran_at,
        starts, knobs_since, fails_left, throttles_left, misses_left
    FROM provider.machines WHERE id = :machine;

-- The call of the simulated provider.
BEGIN;
SELECT id, region, instance_type, tags, owner, launched_at, visible_at, state, since, reason, ends_at, reads_left, first_ran_at,
        starts, knobs_since, fails_left, throttles_left, misses_left
    FROM provider.machines WHERE id = :machine FOR UPDATE;
UPDATE provider.machines SET state = :state, since = public.micros(), ends_at = NULL, starts = starts + 1, tags = tags
    WHERE id = :machine;
INSERT INTO provider.journal (at, call, worker_id, fence, machine_id, parameters, result, detail)
    VALUES (public.micros(), 'stop', :worker, :fence, :machine, '{"force": false}', 'ok', :state);
COMMIT;

-- The end of the turn.
BEGIN;
SELECT id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision, desired_state,
        desired_generation, desired_set_by, observed_state, observed_generation, observed_since, instance_id, desired_reason,
        desired_set_at, observed_address, outcome_result, outcome_at, outcome_reason, outcome_message, converged_at,
        failure_reason, failure_message, action_seq, incarnation, is_machine_lost
    FROM workers.workers WHERE id = :worker AND deleted_at IS NULL FOR UPDATE;
SELECT book, due_at FROM workers.reconciles WHERE worker_id = :worker AND fence = :fence FOR UPDATE;
UPDATE workers.workers SET updated_at = public.micros(), revision = :next_revision, observed_state = :state,
        observed_generation = :generation, observed_since = public.micros(), outcome_result = 'converged',
        outcome_at = public.micros(), converged_at = public.micros()
    WHERE id = :worker;
UPDATE workers.worker_generations SET result = 'converged', ended_at = public.micros()
    WHERE worker_id = :worker AND generation = :generation AND result IS NULL;
UPDATE workers.reconciles SET lease_until = 0, lease_owner = NULL, due_at = NULL,
        book = '{"flips": {"ready": {"since": 1795687144725623, "status": "false"}, "stalled": {"since": 1795687138023759, "status": "false"}, "reconciling": {"since": 1795687144725623, "status": "true"}}, "waiting": null, "attempts": [{"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 100}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 101}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 102}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 103}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 104}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 105}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 106}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 107}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 108}, {"at": 1795687138023759, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 109}], "failures": 0, "last_call": null, "created_at": 1795687138023759, "next_retry": null, "missing_since": null, "stopping_since": null}'
    WHERE worker_id = :worker AND fence = :fence;
INSERT INTO workers.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        exists_after, resource, changed_before)
    VALUES (public.next_id(), 'worker.status.updated', 'worker', :worker, :next_revision, public.micros(), 'worker-service', 'bench', TRUE, TRUE,
        '{"id": "01a2174b-429c-7108-95b0-f207f26988f9", "name": "worker 17", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T09-59-04.725623+00-00", "set_by": "bench", "generation": "4"}, "version": "1", "observed": {"since": "2026-11-26T09-59-02.534401+00-00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.168.48.141", "generation": "3"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T09-58-57.948747+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.725623+00-00", "instance_id": "i-d1b1d3c23831341a8", "converged_at": "2026-11-26T09-59-02.534401+00-00", "outcome": {"time": "2026-11-26T09-59-04.873238+00-00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "4"}, "instance_type": "m5.metal"}',
        '{"outcome": null, "observed": {"since": "2026-11-26T09-59-02.534401+00-00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.168.48.141", "generation": "3"}, "converged_at": "2026-11-26T09-59-02.534401+00-00"}');
COMMIT;

-- An event tells that there is an outcome; the task ends.
SELECT task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence
    FROM tasks.action_queue WHERE worker_id = :worker AND phase = 'applied';
SELECT result, ended_at, reason, message, set_at, traceparent, tracestate FROM workers.worker_generations
    WHERE worker_id = :worker AND generation = :generation;
BEGIN;
SELECT id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at, updated_at, version,
        revision, action
    FROM tasks.tasks WHERE id = :task AND deleted_at IS NULL FOR UPDATE;
DELETE FROM tasks.action_queue
    WHERE task_id = :task AND action_seq = :seq AND phase = 'applied' AND generation = :generation
    RETURNING task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, fence;
UPDATE tasks.tasks SET title = 'Stop worker 17', description = '', status = 'completed', priority = 'medium', assignee_id = NULL,
        department = NULL, worker_id = :worker, updated_at = public.micros(), version = 1, revision = 4, class = 2,
        action = '{"run": {"attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795687144721890}], "ended_at": 1795687144910720, "has_begun": true, "applied_generation": 4, "number": 1, "deadline": 1795688944650081, "max_attempts": 10, "has_replaced_begun": false}, "seq": 3, "verb": "stop", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9"}'
    WHERE id = :task;
INSERT INTO tasks.events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, existed_before,
        created_by_before, exists_after, created_by_after, resource, changed_before)
    VALUES (public.next_id(), 'task.status.updated', 'task', :task, 4, public.micros(), 'task-service', 'bench', TRUE, 'bench', TRUE, 'bench',
        '{"id": "01a2174b-5cca-7432-a574-b1df2acff553", "run": {"ended_at": "2026-11-26T09-59-04.910720+00-00", "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T09-59-04.721890+00-00"}], "applied_generation": "4", "number": 1, "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker 17", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "action_seq": "3"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a2174b-429c-7108-95b0-f207f26988f9", "created_at": "2026-11-26T09-59-04.650081+00-00", "created_by": "bench", "updated_at": "2026-11-26T09-59-04.650081+00-00"}',
        '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T09-59-04.721890+00-00"}], "deadline": "2026-11-26T10-29-04.650081+00-00", "max_attempts": 10, "applied_generation": "4"}, "status": "TASK_STATUS_IN_PROGRESS"}');
COMMIT;
