/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs in the place of melete-engine, which say of the graphics card what a test wants. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GPU_FACTS(device, driver, software) "{\"name\": \"gl\", \"device\": \"" device "\", \"driver\": \"" driver "\", \"software\": " software ", \"memory\": 6442450944, \"nmse\": 1e-13, \"error\": null}"
/* Bodies of shell scripts. */
#define GPU_SAYS(json) "cat <<'END'\n" json "\nEND\n"
#define GPU_GOOD GPU_SAYS (GPU_FACTS ("Wonder Card 3000/PCIe/SSE2", "4.6 Wonder 1.2", "false"))
#define GPU_SOFTWARE GPU_SAYS (GPU_FACTS ("llvmpipe (LLVM 15.0.6, 256 bits)", "4.5 Mesa", "true"))
#define GPU_CRASHES "kill -SEGV $$\n"

/* Writes the program, and has it called instead. It notes each call, one line, in `path`.calls. */
void gpu_fixture_set_tool (const char *path, const char *body);
/* How often it was called; each time as melete-engine is. */
guint gpu_fixture_n_calls (const char *path);

G_END_DECLS
