-- The todos. Everything is in its own schema, so that no other program's tables are touched and no search path is needed.

CREATE TABLE todo_mcp.owners (
  owner_id text PRIMARY KEY,
  -- How many todos the owner has created, which is the place of the last one, and how many there are.
  created bigint NOT NULL,
  todos integer NOT NULL
);

CREATE TABLE todo_mcp.todos (
  owner_id text NOT NULL,
  place bigint NOT NULL,
  id text NOT NULL,
  title text NOT NULL,
  description text,
  completed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (owner_id, place)
);
CREATE UNIQUE INDEX todos_by_id ON todo_mcp.todos (owner_id, id);
CREATE INDEX todos_by_completed ON todo_mcp.todos (owner_id, completed, place);

-- The second line of defence: a query that forgets its owner still sees only one owner's rows, or none. Every transaction
-- takes the role todo_mcp_access, which cannot sign in and owns nothing, and names the owner. FORCE: the tables' owner, too.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'todo_mcp_access') THEN
    CREATE ROLE todo_mcp_access NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- The migration of another database on this server has just created it.
END
$$;
DO $$
BEGIN
  GRANT todo_mcp_access TO CURRENT_USER;
EXCEPTION WHEN insufficient_privilege THEN
  -- An administrator created the role. That is fine if this user may take it.
  IF NOT pg_has_role(CURRENT_USER, 'todo_mcp_access', 'MEMBER') THEN RAISE; END IF;
END
$$;

ALTER TABLE todo_mcp.owners ENABLE ROW LEVEL SECURITY;
ALTER TABLE todo_mcp.owners FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON todo_mcp.owners
  USING (owner_id = current_setting('todo_mcp.owner', true))
  WITH CHECK (owner_id = current_setting('todo_mcp.owner', true));
ALTER TABLE todo_mcp.todos ENABLE ROW LEVEL SECURITY;
ALTER TABLE todo_mcp.todos FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON todo_mcp.todos
  USING (owner_id = current_setting('todo_mcp.owner', true))
  WITH CHECK (owner_id = current_setting('todo_mcp.owner', true));

GRANT USAGE ON SCHEMA todo_mcp TO todo_mcp_access;
GRANT SELECT ON todo_mcp.migrations TO todo_mcp_access;
GRANT SELECT, INSERT, UPDATE, DELETE ON todo_mcp.owners, todo_mcp.todos TO todo_mcp_access;
