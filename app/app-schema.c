/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-schema.h"

/* Version 1.
 *
 * A conversation is a tree: every message but the first ones names its parent, and each parent (for the first ones: the
 * conversation) names the child that is shown. A child is always younger than its parent, so ids rise along every path; the path query relies on it
 * to end even in a damaged file. `chosen` is no foreign key: it would need an index of its own, and a dangling one only
 * shortens what is shown. `parent` is checked at the end of the transaction and does not cascade: SQLite would recurse once per
 * level of the tree, and stops at 1,000; the messages go with their conversation in one step instead.
 *
 * The bytes of attachments are a table, not files: one transaction stores a turn with all that belongs to it, a backup is one file, and a full
 * disk or a crash can leave neither half a picture nor a file that nobody knows. They are read only when asked for.
 * `model_text` is what the model was given, kept beside the attachment's own metadata, because it is part of what was said.
 *
 * The search index reads messages through a view without the answers that are still written, so that saving a growing answer does not
 * touch the index.
 *
 * role: 0 system, 1 user, 2 assistant. state: 0 waiting, 1 writing, 2 done, 3 stopped, 4 failed. Times are
 * milliseconds since 1970 in UTC. title_source: 0 automatic, 1 by the person. notices: one per line. */
static const char version_1[] =
    "CREATE TABLE conversations (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  title TEXT NOT NULL,\n"
    "  title_source INTEGER NOT NULL DEFAULT 0,\n"
    "  model TEXT NOT NULL DEFAULT '',\n"
    "  pinned INTEGER NOT NULL DEFAULT 0,\n"
    "  created INTEGER NOT NULL,\n"
    "  updated INTEGER NOT NULL,\n"
    "  deleted INTEGER,\n"
    "  chosen INTEGER\n"
    ") STRICT;\n"
    "CREATE INDEX conversations_order ON conversations (pinned DESC, updated DESC) WHERE deleted IS NULL;\n"
    "CREATE TABLE messages (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  parent INTEGER REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,\n"
    "  chosen INTEGER,\n"
    "  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),\n"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),\n"
    "  interrupted INTEGER NOT NULL DEFAULT 0,\n"
    "  created INTEGER NOT NULL,\n"
    "  text TEXT NOT NULL DEFAULT '',\n"
    "  error TEXT,\n"
    "  notices TEXT NOT NULL DEFAULT '',\n"
    "  model TEXT,\n"
    "  finish INTEGER NOT NULL DEFAULT 0,\n"
    "  prompt_tokens INTEGER NOT NULL DEFAULT 0,\n"
    "  reused_tokens INTEGER NOT NULL DEFAULT 0,\n"
    "  tokens INTEGER NOT NULL DEFAULT 0,\n"
    "  dropped_messages INTEGER NOT NULL DEFAULT 0,\n"
    "  first_token_ms REAL NOT NULL DEFAULT 0,\n"
    "  tokens_per_second REAL NOT NULL DEFAULT 0,\n"
    "  prompt_tokens_per_second REAL NOT NULL DEFAULT 0\n"
    ") STRICT;\n"
    "CREATE INDEX messages_tree ON messages (parent, conversation);\n"
    "CREATE INDEX messages_conversation ON messages (conversation);\n"
    "CREATE INDEX messages_unfinished ON messages (state) WHERE state < 2;\n"
    "CREATE TABLE attachments (\n"
    "  sha256 TEXT PRIMARY KEY CHECK (length (sha256) = 64),\n"
    "  bytes BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE message_attachments (\n"
    "  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL,\n"
    "  sha256 TEXT NOT NULL REFERENCES attachments (sha256),\n"
    "  metadata TEXT NOT NULL,\n"
    "  model_text TEXT NOT NULL,\n"
    "  PRIMARY KEY (message, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX message_attachments_sha256 ON message_attachments (sha256);\n"
    "CREATE VIEW searchable_messages AS SELECT id, text FROM messages WHERE state >= 2;\n"
    "CREATE VIRTUAL TABLE messages_fts USING fts5 (text, content = 'searchable_messages', content_rowid = 'id',"
    " tokenize = 'unicode61 remove_diacritics 2');\n"
    "CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.state >= 2 BEGIN\n"
    "  INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);\n"
    "END;\n"
    "CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.state >= 2 BEGIN\n"
    "  INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);\n"
    "END;\n"
    "CREATE TRIGGER messages_fts_update AFTER UPDATE OF text, state ON messages WHEN old.state >= 2 OR new.state >= 2 BEGIN\n"
    "  INSERT INTO messages_fts (messages_fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.state >= 2;\n"
    "  INSERT INTO messages_fts (rowid, text) SELECT new.id, new.text WHERE new.state >= 2;\n"
    "END;\n"
    "CREATE VIRTUAL TABLE conversations_fts USING fts5 (title, content = 'conversations', content_rowid = 'id',"
    " tokenize = 'unicode61 remove_diacritics 2');\n"
    "CREATE TRIGGER conversations_fts_insert AFTER INSERT ON conversations BEGIN\n"
    "  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);\n"
    "END;\n"
    "CREATE TRIGGER conversations_fts_delete AFTER DELETE ON conversations BEGIN\n"
    "  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);\n"
    "END;\n"
    "CREATE TRIGGER conversations_fts_update AFTER UPDATE OF title ON conversations BEGIN\n"
    "  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);\n"
    "  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);\n"
    "END;\n";

/* Version 2.
 *
 * Every connection that the program made: stored before it is made, so that one that a crash ended is here too, under way until the next start
 * calls it interrupted. `purpose`, `peer` and `error` are words for the person, as they were told then. Rows are never deleted.
 *
 * outcome: 0 under way, 1 done, 2 failed, 3 stopped by the person, 4 interrupted. bytes: received, as last counted. */
static const char version_2[] =
    "CREATE TABLE connections (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  began INTEGER NOT NULL,\n"
    "  purpose TEXT NOT NULL,\n"
    "  peer TEXT NOT NULL,\n"
    "  bytes INTEGER NOT NULL DEFAULT 0,\n"
    "  outcome INTEGER NOT NULL DEFAULT 0 CHECK (outcome BETWEEN 0 AND 4),\n"
    "  error TEXT\n"
    ") STRICT;\n"
    "CREATE INDEX connections_under_way ON connections (outcome) WHERE outcome = 0;\n";

/* Version 3.
 *
 * What was typed and not sent yet. `conversation` NULL: for the one that has no turn yet, and so no row; there is at most one such. */
static const char version_3[] =
    "CREATE TABLE drafts (\n"
    "  conversation INTEGER UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  text TEXT NOT NULL\n"
    ") STRICT;\n";

/* Version 4.
 *
 * Folders are a flat list; a conversation is in at most one, and outlives it. `settings` of a conversation is a JSON object of what differs from
 * the preferences (instructions, model, sampling, persona …), NULL for nothing: a new kind of setting needs no new version. A persona is a name for such
 * an object; a prompt is a text for the composer with {{variables}}. A server is an OpenAI-compatible one that the person added; its
 * key is in the keyring, never here. `host` of a message: the server that wrote it, NULL for this machine.
 *
 * A draft has attachments now, kept like those of a message, and may be `queued`: to be sent when the answer under way has ended. */
static const char version_4[] =
    "CREATE TABLE folders (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  created INTEGER NOT NULL\n"
    ") STRICT;\n"
    "ALTER TABLE conversations ADD COLUMN folder INTEGER REFERENCES folders (id) ON DELETE SET NULL;\n"
    "CREATE INDEX conversations_folder ON conversations (folder) WHERE folder IS NOT NULL;\n"
    "ALTER TABLE conversations ADD COLUMN settings TEXT;\n"
    "ALTER TABLE messages ADD COLUMN host TEXT;\n"
    "CREATE TABLE personas (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  settings TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE prompts (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  text TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE servers (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  address TEXT NOT NULL,\n"
    "  models TEXT NOT NULL DEFAULT '[]'\n"
    ") STRICT;\n"
    "ALTER TABLE drafts RENAME TO drafts_3;\n"
    "CREATE TABLE drafts (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  conversation INTEGER UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  text TEXT NOT NULL,\n"
    "  queued INTEGER NOT NULL DEFAULT 0\n"
    ") STRICT;\n"
    "INSERT INTO drafts (conversation, text) SELECT conversation, text FROM drafts_3;\n"
    "DROP TABLE drafts_3;\n"
    "CREATE TABLE draft_attachments (\n"
    "  draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL,\n"
    "  sha256 TEXT NOT NULL REFERENCES attachments (sha256),\n"
    "  metadata TEXT NOT NULL,\n"
    "  model_text TEXT NOT NULL,\n"
    "  PRIMARY KEY (draft, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX draft_attachments_sha256 ON draft_attachments (sha256);\n";

/* Version 5.
 *
 * The passages that an answer was made from, and behind which byte of its text each is cited: the source `number` is a passage of the attachment number `attachment` of the message `note`, `length` bytes of its
 * model_text from `start` on, on `page` (0: no pages). No word of it is stored again. */
static const char version_5[] = "CREATE TABLE message_sources (\n"
                                "  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,\n"
                                "  number INTEGER NOT NULL,\n"
                                "  note INTEGER NOT NULL,\n"
                                "  attachment INTEGER NOT NULL,\n"
                                "  page INTEGER NOT NULL,\n"
                                "  start INTEGER NOT NULL,\n"
                                "  length INTEGER NOT NULL,\n"
                                "  PRIMARY KEY (message, number)\n"
                                ") STRICT, WITHOUT ROWID;\n"
                                "CREATE TABLE message_citations (\n"
                                "  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,\n"
                                "  position INTEGER NOT NULL,\n"
                                "  number INTEGER NOT NULL,\n"
                                "  PRIMARY KEY (message, position)\n"
                                ") STRICT, WITHOUT ROWID;\n";

/* Version 6.
 *
 * A conversation can have several drafts: what is typed (`queued` 0), and the messages that wait for the end of an answer, which are sent in the order of
 * `queued`, their place in the queue. Places count up and are not used again while the queue has anything in it. Their attachments share the
 * bytes with those of the messages; who takes the last one away deletes the bytes too. */
static const char version_6[] =
    "ALTER TABLE draft_attachments RENAME TO draft_attachments_5;\n"
    "ALTER TABLE drafts RENAME TO drafts_5;\n"
    "CREATE TABLE drafts (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  conversation INTEGER REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  queued INTEGER NOT NULL DEFAULT 0,\n"
    "  text TEXT NOT NULL,\n"
    "  UNIQUE (conversation, queued)\n"
    ") STRICT;\n"
    "INSERT INTO drafts (id, conversation, queued, text) SELECT id, conversation, queued, text FROM drafts_5;\n"
    "CREATE TABLE draft_attachments (\n"
    "  draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL,\n"
    "  sha256 TEXT NOT NULL REFERENCES attachments (sha256),\n"
    "  metadata TEXT NOT NULL,\n"
    "  model_text TEXT NOT NULL,\n"
    "  PRIMARY KEY (draft, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "INSERT INTO draft_attachments (draft, position, sha256, metadata, model_text)"
    " SELECT draft, position, sha256, metadata, model_text FROM draft_attachments_5;\n"
    "DROP TABLE draft_attachments_5;\n"
    "DROP TABLE drafts_5;\n"
    "CREATE INDEX draft_attachments_sha256 ON draft_attachments (sha256);\n";

/* Version 7: what is made beside the chat.
 *
 * An artifact belongs to its conversation, a version of it to the message that made it: what a branch shows is what lies on its path. Versions never change once they
 * are written, but for what was seen of them (state, findings, thumbnail). `base` is the version that it was made of; it may be gone. `data` names
 * the datasets that its source speaks of, one per line.
 *
 * origin: 0 model, 1 repair by the model, 2 the person, 3 an older version brought back. state: 0 writing, 1 not seen, 2 works, 3 fails.
 *
 * `storage` is what a page keeps for itself. A source that is a question to tables has its statement in `sql`. `wish` is what the person asked a
 * note to become; '' leaves it to the model. */
static const char version_7[] =
    "CREATE TABLE artifacts (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  kind TEXT NOT NULL,\n"
    "  title TEXT NOT NULL,\n"
    "  starred INTEGER NOT NULL DEFAULT 0,\n"
    "  created INTEGER NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX artifacts_conversation ON artifacts (conversation);\n"
    "CREATE TABLE artifact_versions (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  artifact INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,\n"
    "  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,\n"
    "  base INTEGER,\n"
    "  number INTEGER NOT NULL,\n"
    "  origin INTEGER NOT NULL,\n"
    "  state INTEGER NOT NULL,\n"
    "  title TEXT NOT NULL DEFAULT '',\n"
    "  source TEXT NOT NULL DEFAULT '',\n"
    "  data TEXT NOT NULL DEFAULT '',\n"
    "  findings TEXT NOT NULL DEFAULT '',\n"
    "  created INTEGER NOT NULL,\n"
    "  thumbnail BLOB,\n"
    "  UNIQUE (artifact, number)\n"
    ") STRICT;\n"
    "CREATE INDEX artifact_versions_message ON artifact_versions (message);\n"
    "CREATE TABLE artifact_storage (\n"
    "  artifact INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,\n"
    "  key TEXT NOT NULL,\n"
    "  value TEXT NOT NULL,\n"
    "  PRIMARY KEY (artifact, key)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "ALTER TABLE message_sources ADD COLUMN sql TEXT;\n"
    "ALTER TABLE messages ADD COLUMN wish TEXT NOT NULL DEFAULT '';\n";

/* Version 8: how a person says that a file's tables are to be read, and what is typed, or waits, is to become something, as a message is.
 *
 * `choices` are lines of AppTableChoices, of what was not guessed rightly. They belong to the content, as its dataset does, and go with it. `tables` of a source that is a
 * question: the ids of the datasets that were asked, one per line, so that it can be asked again of these, whatever was corrected since. `pick` is what in an artifact a draft
 * is about (AppPick), '' for nothing. */
static const char version_8[] =
    "CREATE TABLE table_choices (\n"
    "  sha256 TEXT PRIMARY KEY REFERENCES attachments (sha256) ON DELETE CASCADE,\n"
    "  choices TEXT NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n"
    "ALTER TABLE message_sources ADD COLUMN tables TEXT;\n"
    "ALTER TABLE drafts ADD COLUMN wish TEXT NOT NULL DEFAULT '';\n"
    "ALTER TABLE drafts ADD COLUMN pick TEXT NOT NULL DEFAULT '';\n";

/* Version 9: what a model thought before it answered, and how deep it was to think.
 *
 * `thought` is kept apart from `text`: the search does not read it, and no later turn's prompt has it. thought_end: 0 none, 1 closed by the model, 2 settled, 3 wrapped up at its cap, 4 it
 * repeated itself, 5 the person asked for the answer. `depth`: the id of app-thinking.h; of a note and a draft '' for that of the conversation. */
static const char version_9[] =
    "ALTER TABLE messages ADD COLUMN depth TEXT NOT NULL DEFAULT '';\n"
    "ALTER TABLE messages ADD COLUMN thought TEXT NOT NULL DEFAULT '';\n"
    "ALTER TABLE messages ADD COLUMN thought_tokens INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE messages ADD COLUMN thought_ms REAL NOT NULL DEFAULT 0;\n"
    "ALTER TABLE messages ADD COLUMN thought_end INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE drafts ADD COLUMN depth TEXT NOT NULL DEFAULT '';\n";

/* Version 10: calls of tools.
 *
 * A call is stored before it happens, so that one that a crash ended is here too: when it may have had an effect nobody knows, and it is not repeated. The log of all that was ever called keeps its
 * rows; when their message is deleted for good, the words in them go. `place`: bytes of the message's text before it. `call`: the model's id of it; `origin`: '' for a tool of ours, or the server that
 * it is of.
 *
 * effect: 0 reads, 1 workspace, 2 outside, 3 network, 4 MCP. state: 1 asking, 2 running, 3 done, 4 failed, 5 refused, 6 stopped, 7 unknown. consent: 0 not needed, 1 once,
 * 2 in this conversation, 3 always, 4 refused, 5 granted before.
 *
 * A grant is the person's word that a tool needs not be asked for again, in one conversation or (NULL) in all, as long as its description is that with the checksum `pin`. */
static const char version_10[] =
    "CREATE TABLE calls (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  message INTEGER REFERENCES messages (id) ON DELETE SET NULL,\n"
    "  round INTEGER NOT NULL,\n"
    "  place INTEGER NOT NULL,\n"
    "  call TEXT NOT NULL,\n"
    "  tool TEXT NOT NULL,\n"
    "  origin TEXT NOT NULL,\n"
    "  effect INTEGER NOT NULL,\n"
    "  arguments TEXT NOT NULL,\n"
    "  state INTEGER NOT NULL,\n"
    "  consent INTEGER NOT NULL,\n"
    "  result TEXT NOT NULL,\n"
    "  data TEXT,\n"
    "  began INTEGER NOT NULL,\n"
    "  ended INTEGER\n"
    ") STRICT;\n"
    "CREATE INDEX calls_message ON calls (message);\n"
    "CREATE INDEX calls_under_way ON calls (state) WHERE state < 3;\n"
    "CREATE TRIGGER calls_forget AFTER UPDATE OF message ON calls WHEN new.message IS NULL BEGIN\n"
    "  UPDATE calls SET call = '', arguments = '', result = '', data = NULL WHERE id = new.id;\n"
    "END;\n"
    "CREATE TABLE grants (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  tool TEXT NOT NULL,\n"
    "  origin TEXT NOT NULL,\n"
    "  pin TEXT NOT NULL,\n"
    "  conversation INTEGER REFERENCES conversations (id) ON DELETE CASCADE,\n"
    "  granted INTEGER NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX grants_conversation ON grants (conversation) WHERE conversation IS NOT NULL;\n";

/* Version 11: servers of the Model Context Protocol, which the person added, and when they ran.
 *
 * `command`: as it was typed. `folder`: whose files it may read, '' for none. `key`: by which its environment is found in the keyring. `offers`: AppMcpOffers. `tools`: JSON, an array with what the server says of each tool ("said") and
 * what the person agreed to ("agreed"). A run keeps its words when its server is taken away; `outcome` is NULL while it runs. */
static const char version_11[] =
    "CREATE TABLE mcp_servers (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  command TEXT NOT NULL,\n"
    "  folder TEXT NOT NULL,\n"
    "  key TEXT NOT NULL,\n"
    "  network INTEGER NOT NULL,\n"
    "  enabled INTEGER NOT NULL,\n"
    "  offers INTEGER NOT NULL,\n"
    "  tools TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE mcp_runs (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  server TEXT NOT NULL,\n"
    "  command TEXT NOT NULL,\n"
    "  network INTEGER NOT NULL,\n"
    "  began INTEGER NOT NULL,\n"
    "  ended INTEGER,\n"
    "  outcome TEXT\n"
    ") STRICT;\n";

/* Version 12: what is worked on in steps (app-job.h).
 *
 * A job belongs to the answer that tells of it. It is stored before it is planned, and each step before anything of it happens; `made` is all that a step made (JSON: its files whole, or what is made
 * beside the chat), stored before the first of it is put anywhere, so that after a crash it is put where it belongs and not made again.
 *
 * state of a job: 0 being planned, 1 at work, 2 done, 3 failed, 4 stopped, 5 its budget has ended. state of a step: 0 waits, 1 at work, 2 made and not yet put in its place, 3 done, 4 failed,
 * 5 stopped, 6 its budget has ended. budget_…: what it may take; tokens, calls (of the model) and milliseconds: what it took. `text`: what it wrote. `findings`: what its checks found, one per line. */
static const char version_12[] =
    "CREATE TABLE jobs (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  message INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,\n"
    "  request TEXT NOT NULL,\n"
    "  state INTEGER NOT NULL,\n"
    "  budget_tokens INTEGER NOT NULL,\n"
    "  budget_calls INTEGER NOT NULL,\n"
    "  budget_ms INTEGER NOT NULL,\n"
    "  tokens INTEGER NOT NULL DEFAULT 0,\n"
    "  calls INTEGER NOT NULL DEFAULT 0,\n"
    "  ms INTEGER NOT NULL DEFAULT 0,\n"
    "  created INTEGER NOT NULL,\n"
    "  ended INTEGER\n"
    ") STRICT;\n"
    "CREATE TABLE job_steps (\n"
    "  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,\n"
    "  number INTEGER NOT NULL,\n"
    "  plan TEXT NOT NULL,\n"
    "  state INTEGER NOT NULL,\n"
    "  tries INTEGER NOT NULL DEFAULT 0,\n"
    "  tokens INTEGER NOT NULL DEFAULT 0,\n"
    "  calls INTEGER NOT NULL DEFAULT 0,\n"
    "  ms INTEGER NOT NULL DEFAULT 0,\n"
    "  made TEXT,\n"
    "  text TEXT NOT NULL DEFAULT '',\n"
    "  findings TEXT NOT NULL DEFAULT '',\n"
    "  began INTEGER,\n"
    "  ended INTEGER,\n"
    "  PRIMARY KEY (job, number)\n"
    ") STRICT, WITHOUT ROWID;\n";

/* Version 13: what each of several agents wrote that attacked one question (app-contemplation.h), in the order in which they are shown.
 *
 * state: 2 it has ended, 3 it was spared, 4 stopped, 5 failed. `answer`: what it came to, '' for nothing short. `prompts` of a server: JSON, an array of what it has ready for the person. */
static const char version_13[] =
    "CREATE TABLE lanes (\n"
    "  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,\n"
    "  number INTEGER NOT NULL,\n"
    "  name TEXT NOT NULL,\n"
    "  state INTEGER NOT NULL,\n"
    "  answer TEXT NOT NULL,\n"
    "  text TEXT NOT NULL,\n"
    "  tokens INTEGER NOT NULL,\n"
    "  ms INTEGER NOT NULL,\n"
    "  began INTEGER,\n"
    "  ended INTEGER,\n"
    "  PRIMARY KEY (message, number)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "ALTER TABLE mcp_servers ADD COLUMN prompts TEXT NOT NULL DEFAULT '[]';\n";

static const char *const migrations[] = { version_1, version_2, version_3, version_4, version_5, version_6, version_7, version_8, version_9, version_10, version_11, version_12, version_13 };

const AppDatabaseSchema app_schema = { migrations, G_N_ELEMENTS (migrations) };
