/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The starting points, and what their pages say. */
#include <glib/gi18n.h>

#include "dashboard-data.h"
#include "start-spec.h"

static const StartLine lines[] = {
  { "memory", "game", N_("Memory"), N_("Turn two cards over and find the pairs. Arrow keys move, Space turns a card.") },
  { "quiz", "game", N_("Quiz"), N_("Choose an answer by clicking, or with the keys 1 to 4.") },
  { "snake", "game", N_("Snake"), N_("Steer with the arrow keys or by swiping. Eat, grow, and do not bite yourself.") },
  { "breakout", "game", N_("Breakout"), N_("Move with the arrow keys or the pointer. Keep the ball up and clear all bricks.") },
  { "jump", "game", N_("Jump"), N_("Jump with Space, the arrow up, or a tap. Collect, and land on your feet.") },
  { "twenty48", "game", N_("2048"), N_("Slide all tiles with the arrow keys or by swiping. Equal tiles become one.") },
  { "tictactoe", "game", N_("Tic-tac-toe"), N_("Three in a row win. Arrow keys move, Space sets your sign.") },
  { "typing", "game", N_("Typing"), N_("Type each word before it reaches the ground.") },
  { "catch", "game", N_("Catch"), N_("Move with the arrow keys or the pointer. Catch the good ones and let the others fall.") },
  { "timer", "tool", N_("Timer"), N_("Space starts and pauses.") },
  { "calculator", "tool", N_("Calculator"), "" },
  { "converter", "tool", N_("Converter"), "" },
  { "flashcards", "tool", N_("Flash cards"), N_("Space turns the card, the arrow keys go on.") },
  { "checklist", "tool", N_("Checklist"), "" },
  { "drawing", "tool", N_("Drawing"), N_("Draw with the pointer or a finger.") },
  { "diagram", "diagram", N_("Diagram"), "" },
  { "page", "page", N_("Page"), "" },
};

static const struct {
  const char *name, *text;
} words[] = {
  { "score", N_("Score") },
  { "best", N_("Best") },
  { "moves", N_("Moves") },
  { "lives", N_("Lives") },
  { "level", N_("Level") },
  { "time", N_("Time") },
  { "seconds", N_("%s s") },
  { "start", N_("Start") },
  { "again", N_("Play again") },
  { "pause", N_("Pause") },
  { "resume", N_("Resume") },
  { "paused", N_("Paused") },
  { "restart", N_("Start over") },
  { "soundOn", N_("Turn sound on") },
  { "soundOff", N_("Turn sound off") },
  { "how", N_("How to play") },
  { "won", N_("You won") },
  { "lost", N_("Game over") },
  { "draw", N_("A draw") },
  { "newBest", N_("A new best") },
  { "bestSoFar", N_("Best: %s") },
  { "of", N_("%s of %s") },
  { "question", N_("Question %s of %s") },
  { "right", N_("Right") },
  { "wrong", N_("The answer is: %s") },
  { "next", N_("Next") },
  { "back", N_("Back") },
  { "result", N_("%s of %s right") },
  { "found", N_("%s found") },
  { "hidden", N_("Card %s, face down") },
  { "all", N_("All pairs found in %s moves") },
  { "field", N_("Row %s, column %s: %s") },
  { "free", N_("free") },
  { "you", N_("You") },
  { "machine", N_("Machine") },
  { "yourTurn", N_("Your turn") },
  { "machineWins", N_("The machine wins") },
  { "collect", N_("Collect: %s") },
  { "avoid", N_("Avoid: %s") },
  { "reach", N_("Reach %s") },
  { "leadsTo", N_("%s, leads to %s") },
  { "playField", N_("Playing field") },
  { "typeHere", N_("Type here") },
  { "step", N_("Step %s of %s") },
  { "done", N_("Done") },
  { "lap", N_("Lap") },
  { "laps", N_("Laps") },
  { "minutes", N_("%s min") },
  { "result1", N_("Result") },
  { "noResult", N_("There is no result for these values.") },
  { "from", N_("From") },
  { "to", N_("To") },
  { "amount", N_("Amount") },
  { "swap", N_("Swap") },
  { "turn", N_("Turn over") },
  { "known", N_("Known") },
  { "notYet", N_("Not yet") },
  { "allKnown", N_("You know all of them") },
  { "add", N_("Add") },
  { "newItem", N_("New entry") },
  { "remove", N_("Remove: %s") },
  { "clearDone", N_("Remove what is done") },
  { "colour", N_("Colour %s") },
  { "width", N_("Width") },
  { "undo", N_("Undo") },
  { "clear", N_("Clear") },
  { "canvas", N_("Drawing") },
  { "idea", N_("Another idea") },
  { "name", N_("Name") },
  { "coming", N_("Are you coming?") },
  { "yes", N_("Yes") },
  { "no", N_("No") },
  { "message", N_("Message") },
  { "keep", N_("Save") },
  { "kept", N_("Saved on this computer") },
  { "days", N_("days") },
  { "hours", N_("hours") },
  { "mins", N_("minutes") },
  { "secs", N_("seconds") },
  { "over", N_("The time has come") },
};

const StartLine *
start_table_get (guint index)
{
  return index < G_N_ELEMENTS (lines) ? &lines[index] : NULL;
}

void
start_words_append (GString *json, const StartLine *line)
{
  g_string_append (json, ",\"how\":");
  dashboard_json_append_text (json, line->how[0] != '\0' ? _(line->how) : "", -1);
  g_string_append (json, ",\"words\":{");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_string_append_printf (json, "%s\"%s\":", i > 0 ? "," : "", words[i].name);
    dashboard_json_append_text (json, _(words[i].text), -1);
  }
  g_string_append_c (json, '}');
}
