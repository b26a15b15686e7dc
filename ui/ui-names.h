/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accessible names of the window's widgets, as assistive technology and tests from outside see them, in English. They are a
 * promise: who changes one changes it here and in tests/tour. "…" stands for what varies. Nothing includes this file.
 *
 * Where            Role           Name
 * sidebar          push button    New conversation
 * sidebar          toggle button  Search
 * sidebar          entry          Search conversations
 * sidebar          list           Conversations; its rows bear the titles
 * sidebar          list           Search results; its rows bear the titles, and below each the places: Question · … or Answer · … (the
 *                                 day), with the found line as description
 * sidebar          push button    Hide the sidebar (only where it lies over the page)
 * sidebar row      toggle button  Menu of … (the title): Rename…, Pin, Move to, Export, Delete; of a folder: Rename…, Remove the folder
 * sidebar          group          the name of a folder; its description says what it holds, and whether it is open
 * sidebar          push button    Models
 * sidebar          push button    Preferences
 * header bar       toggle button  Sidebar
 * header bar       push button    Back (only on other pages)
 * header bar       toggle button  Model: …, ready | Model: …, loading | Model: …, failed | Model: none
 * header bar       toggle button  Main menu
 * under it         progress bar   Loading the model
 * under it         push button    Retry loading the model
 * under it         push button    Choose a model
 * welcome          push button    Read this with me, Ask about a picture or Read a picture, Write a program, Make it clearer, Explain it simply
 * conversation     push button    Keep the conversation (only in a temporary one)
 * transcript       list           Transcript; its rows are named Your note or Answer
 * note             push button    Edit and send again, Show all
 * note             push button    Attachment …: … (name, size and what the model gets): opens it large
 * answer           push button    Continue the answer (only where it can be), Copy the answer, Answer again, Retry
 * note, answer     push button    Previous version, Next version; between them a label named Version … of …
 * answer           push button    Copy code
 * answer           toggle button  Compare the answer: Compare with another model…, Compare answers
 * comparison       push button    Close the comparison, Keep the answer of …, version … of …; Previous version, Next version
 * comparison       group          … (the model), Version … of … · on … (a server) or on this machine
 * which model      list           its rows bear the names
 * transcript       push button    Go to the end
 * composer         text           Write to the model
 * composer         push button    Attach files, Send, Stop, Cancel editing
 * composer         push button    Attachment …: …, Remove … (the name)
 * composer         toggle button  Context: About … of … tokens | Context: not known | Context: not counted yet
 * over the composer push button   Conversation settings: … (only where they differ)
 * welcome, dialog  toggle button  Persona: … | Persona: none
 * personas, prompts list          Personas or Prompts; its rows bear the names
 * personas, prompts push button   New persona or New prompt; toggle button: Menu of … (the name)
 * preferences      list           Connections; its rows bear the purposes, and whom they went to and how as description
 * attachment       toggle button  Original, Table, What the model reads
 * table            grid           where the cursor is: … (the column): … (what stands in the cell), row … of …
 * table            label          …: … (the column, and what stands in the cell), of the cells that show
 * table            push button    …: … (a column and its type): opens what can be corrected of it
 * table            push button    How the file is read, Export, … remarks
 * dialogs          entry          Name of the conversation, Name of the folder
 * dialogs          progress bar   Exporting…, Importing…
 * dialogs          label          Complete address
 */
#pragma once
