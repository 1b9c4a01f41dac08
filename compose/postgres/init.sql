-- One database and one user for each service, and one for the simulated provider, which stands for a cloud outside of the
-- product. A user owns its database, which the migrations need, and can connect to no other one.
CREATE USER tasks PASSWORD 'tasks-password';
CREATE DATABASE tasks OWNER tasks;
REVOKE CONNECT, TEMPORARY ON DATABASE tasks FROM PUBLIC;

CREATE USER workers PASSWORD 'workers-password';
CREATE DATABASE workers OWNER workers;
REVOKE CONNECT, TEMPORARY ON DATABASE workers FROM PUBLIC;

CREATE USER provider PASSWORD 'provider-password';
CREATE DATABASE provider OWNER provider;
REVOKE CONNECT, TEMPORARY ON DATABASE provider FROM PUBLIC;

REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
