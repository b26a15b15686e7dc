/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Melete's own format for conversations, without loss; export-json.c writes it, import-melete.c reads it.
 *
 *   {"format": "melete-conversations", "version": 1, "exported": TIME, "items": [ ITEM, … ]}
 *
 * An item is an object with one member, and the items are read one after the other, so that neither side ever holds more than one:
 *
 *   {"attachment": {"sha256": HEX, "size": BYTES}}   a file; its bytes follow in pieces…
 *   {"bytes": BASE64}                                …each of at most 3 MiB of base64, in order, until there are `size` of them
 *   {"conversation": {…}}                            every file that it names came before it, in this document
 *
 * A conversation:
 *   "title": TEXT, "named": BOOL (by the person), "pinned": BOOL, "model": ID, "created", "updated": TIME,
 *   "folder": NAME (left out for none), "settings": OBJECT (left out for none: what differs from the preferences),
 *   "chosen": POSITION of the first message that is shown (left out for none),
 *   "messages": [ … ] in the order of their birth. A message's position counts from 0:
 *     "parent": POSITION (left out for a first message; always smaller than the message's own), "chosen": POSITION of the child that is shown (left out for none),
 *     "role": "system", "user" or "assistant", "state": "done", "stopped" or "failed", "interrupted": BOOL (stopped by the end of the program),
 *     "created": TIME, "text": TEXT (an answer's is Markdown), "error": TEXT, "notices": [ TEXT ], "model": NAME, "host": TEXT (the server that wrote it), "wish": ID (what a note was to become; left out where the model decided),
 *     "depth": "instant", "compact", "thorough" or "contemplate" (of an answer: at which it was written; of a note: chosen for it; left out for that of the conversation), "thought": TEXT (Markdown, before the answer),
 *     "stats": {"finish": "none", "stop", "length" or "context", "prompt_tokens", "reused_tokens", "tokens", "dropped_messages": INTEGER,
 *               "first_token_ms", "tokens_per_second", "prompt_tokens_per_second": NUMBER,
 *               "thought_tokens": INTEGER, "thought_ms": NUMBER, "thought_end": "none", "closed", "settled", "cap", "loop" or "asked" (left out without a thought)} (answers only),
 *     "sources": [ {"note": POSITION of a message, "attachment": POSITION among its attachments, "page": INTEGER (left out for none),
 *                   "start", "length": BYTES of its model_text, "sql": TEXT (left out for a passage: a question to the attachment's tables), "tables": IDS of the datasets that were asked, a line each} ] (passages that an answer was made from; numbered from 1),
 *     "citations": [ {"position": BYTES of the answer's text, "number": INTEGER (of the source)} ],
 *     "attachments": [ {"sha256": HEX, "metadata": {…} (name, size, kind, type, notices, summary), "model_text": TEXT (what the model was given),
 *                       "choices": TEXT (how its tables are to be read, left out for as guessed)} ]
 *   "artifacts": [ {"kind": ID, "title": TEXT, "starred": BOOL, "created": TIME, "versions": [ {"message": POSITION of the message that made it, "number": INTEGER from 1,
 *     "base": NUMBER of the version that it was made of (left out for none), "origin": "model", "repair", "person" or "restored", "state": "unseen", "works" or "fails",
 *     "title", "source": TEXT, "data": [ ID of a dataset ], "findings": [ TEXT ], "created": TIME} ]} ] (left out for none)
 *
 * TIME is in milliseconds since 1970, UTC. Members that are left out are empty, FALSE, 0 or none. A reader passes over members and items that it does not know;
 * one that they change the meaning of gets a new version. */
#pragma once

#define APP_TRANSFER_FORMAT "melete-conversations"
#define APP_TRANSFER_VERSION 1
/* Bytes of a file in one item; a multiple of 3. */
#define APP_TRANSFER_PIECE (2304 * 1024)
