/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole conversations for tests: random ones, in and out of the database, and as text to be compared. */
#pragma once

#include "app-store-tree.h"
#include "fixture.h"

G_BEGIN_DECLS

/* Any tree that the history can hold: branches, chosen paths, states, attachments of random bytes, awkward characters. The bytes come into `bytes`. */
AppTree *trees_random (GRand *random, GHashTable *bytes);
void trees_add (Fixture *fixture, AppTree *tree, GHashTable *bytes);
/* Each conversation of the history as text, with the checksums of its attachments' bytes, in the order of the list. */
GPtrArray *trees_dump (Fixture *fixture);
GHashTable *trees_bytes_new (void);
/* Waits for a job of the database. */
gpointer trees_ask (Fixture *fixture, AppDatabaseFunc func, gpointer data);

G_END_DECLS
