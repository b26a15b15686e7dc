CREATE TABLE conversations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  title_source INTEGER NOT NULL DEFAULT 0,
  model TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER,
  chosen INTEGER
, folder INTEGER REFERENCES folders (id) ON DELETE SET NULL, settings TEXT) STRICT;
CREATE TABLE sqlite_sequence(name,seq);
CREATE INDEX conversations_order ON conversations (pinned DESC, updated DESC) WHERE deleted IS NULL;
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  parent INTEGER REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
  chosen INTEGER,
  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
  interrupted INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  error TEXT,
  notices TEXT NOT NULL DEFAULT '',
  model TEXT,
  finish INTEGER NOT NULL DEFAULT 0,
  prompt_tokens INTEGER NOT NULL DEFAULT 0,
  reused_tokens INTEGER NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  dropped_messages INTEGER NOT NULL DEFAULT 0,
  first_token_ms REAL NOT NULL DEFAULT 0,
  tokens_per_second REAL NOT NULL DEFAULT 0,
  prompt_tokens_per_second REAL NOT NULL DEFAULT 0
, host TEXT, wish TEXT NOT NULL DEFAULT '', depth TEXT NOT NULL DEFAULT '', thought TEXT NOT NULL DEFAULT '', thought_tokens INTEGER NOT NULL DEFAULT 0, thought_ms REAL NOT NULL DEFAULT 0, thought_end INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX messages_tree ON messages (parent, conversation);
CREATE INDEX messages_conversation ON messages (conversation);
CREATE INDEX messages_unfinished ON messages (state) WHERE state < 2;
CREATE TABLE attachments (
  sha256 TEXT PRIMARY KEY CHECK (length (sha256) = 64),
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE message_attachments (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES attachments (sha256),
  metadata TEXT NOT NULL,
  model_text TEXT NOT NULL,
  PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_attachments_sha256 ON message_attachments (sha256);
CREATE VIEW searchable_messages AS SELECT id, text FROM messages WHERE state >= 2;
CREATE VIRTUAL TABLE messages_fts USING fts5 (text, content = 'searchable_messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE 'messages_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'messages_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE 'messages_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'messages_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.state >= 2 BEGIN
  INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.state >= 2 BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_fts_update AFTER UPDATE OF text, state ON messages WHEN old.state >= 2 OR new.state >= 2 BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.state >= 2;
  INSERT INTO messages_fts (rowid, text) SELECT new.id, new.text WHERE new.state >= 2;
END;
CREATE VIRTUAL TABLE conversations_fts USING fts5 (title, content = 'conversations', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE 'conversations_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'conversations_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE 'conversations_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'conversations_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TRIGGER conversations_fts_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER conversations_fts_delete AFTER DELETE ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TRIGGER conversations_fts_update AFTER UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);
  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);
END;
CREATE TABLE connections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  began INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  peer TEXT NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0,
  outcome INTEGER NOT NULL DEFAULT 0 CHECK (outcome BETWEEN 0 AND 4),
  error TEXT
) STRICT;
CREATE INDEX connections_under_way ON connections (outcome) WHERE outcome = 0;
CREATE TABLE folders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_folder ON conversations (folder) WHERE folder IS NOT NULL;
CREATE TABLE personas (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  settings TEXT NOT NULL
) STRICT;
CREATE TABLE prompts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE servers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  models TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE message_sources (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  note INTEGER NOT NULL,
  attachment INTEGER NOT NULL,
  page INTEGER NOT NULL,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL, sql TEXT, tables TEXT,
  PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE message_citations (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
  queued INTEGER NOT NULL DEFAULT 0,
  text TEXT NOT NULL, wish TEXT NOT NULL DEFAULT '', pick TEXT NOT NULL DEFAULT '', depth TEXT NOT NULL DEFAULT '',
  UNIQUE (conversation, queued)
) STRICT;
CREATE TABLE draft_attachments (
  draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES attachments (sha256),
  metadata TEXT NOT NULL,
  model_text TEXT NOT NULL,
  PRIMARY KEY (draft, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_attachments_sha256 ON draft_attachments (sha256);
CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  starred INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX artifacts_conversation ON artifacts (conversation);
CREATE TABLE artifact_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  artifact INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  base INTEGER,
  number INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  state INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL DEFAULT '',
  findings TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  thumbnail BLOB,
  UNIQUE (artifact, number)
) STRICT;
CREATE INDEX artifact_versions_message ON artifact_versions (message);
CREATE TABLE artifact_storage (
  artifact INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (artifact, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE table_choices (
  sha256 TEXT PRIMARY KEY REFERENCES attachments (sha256) ON DELETE CASCADE,
  choices TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER REFERENCES messages (id) ON DELETE SET NULL,
  round INTEGER NOT NULL,
  place INTEGER NOT NULL,
  call TEXT NOT NULL,
  tool TEXT NOT NULL,
  origin TEXT NOT NULL,
  effect INTEGER NOT NULL,
  arguments TEXT NOT NULL,
  state INTEGER NOT NULL,
  consent INTEGER NOT NULL,
  result TEXT NOT NULL,
  data TEXT,
  began INTEGER NOT NULL,
  ended INTEGER
) STRICT;
CREATE INDEX calls_message ON calls (message);
CREATE INDEX calls_under_way ON calls (state) WHERE state < 3;
CREATE TRIGGER calls_forget AFTER UPDATE OF message ON calls WHEN new.message IS NULL BEGIN
  UPDATE calls SET call = '', arguments = '', result = '', data = NULL WHERE id = new.id;
END;
CREATE TABLE grants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tool TEXT NOT NULL,
  origin TEXT NOT NULL,
  pin TEXT NOT NULL,
  conversation INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
  granted INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_conversation ON grants (conversation) WHERE conversation IS NOT NULL;
CREATE TABLE mcp_servers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  command TEXT NOT NULL,
  folder TEXT NOT NULL,
  key TEXT NOT NULL,
  network INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  offers INTEGER NOT NULL,
  tools TEXT NOT NULL
, prompts TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE TABLE mcp_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  server TEXT NOT NULL,
  command TEXT NOT NULL,
  network INTEGER NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  outcome TEXT
) STRICT;
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
  request TEXT NOT NULL,
  state INTEGER NOT NULL,
  budget_tokens INTEGER NOT NULL,
  budget_calls INTEGER NOT NULL,
  budget_ms INTEGER NOT NULL,
  tokens INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  ms INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  ended INTEGER
) STRICT;
CREATE TABLE job_steps (
  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  plan TEXT NOT NULL,
  state INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  ms INTEGER NOT NULL DEFAULT 0,
  made TEXT,
  text TEXT NOT NULL DEFAULT '',
  findings TEXT NOT NULL DEFAULT '',
  began INTEGER,
  ended INTEGER,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE lanes (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  answer TEXT NOT NULL,
  text TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  began INTEGER,
  ended INTEGER,
  PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
