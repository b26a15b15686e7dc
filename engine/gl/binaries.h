/* SPDX-License-Identifier: MIT */
/* Compiled shaders between two runs of the program, in the person's cache folder.
 *
 * Internal; on the thread that owns OpenGL. What cannot be read or written is compiled anew: nothing here is an error. */
#pragma once

#include "gl.h"

#define ENGINE_GL_MOST_PATH 4096

/* The file for what is known of this text on this device, in a folder that is there: its name is a hash. False: nowhere to keep it. */
bool engine_gl_cached_path (const EngineGlDevice *device, const char *text, size_t n_bytes, const char *suffix, char path[ENGINE_GL_MOST_PATH]);

/* A program that an earlier run has compiled of this text with this driver; 0: none. */
GLuint engine_gl_binary_load (const EngineGlDevice *device, const char *text, size_t n_bytes);
void   engine_gl_binary_save (const EngineGlDevice *device, const char *text, size_t n_bytes, GLuint program);
/* Whether the driver gives its binaries away; a program that is to be saved must be told so before it is linked. */
bool   engine_gl_binaries_work (void);
