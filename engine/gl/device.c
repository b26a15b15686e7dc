/* SPDX-License-Identifier: MIT */
/* A context without a window.
 *
 * Mesa offers the surfaceless platform, NVIDIA the one of devices; where both are missing, the default display, whatever it is, may still give a
 * context. libepoxy asks the EGL of the default display which functions there are and ends the program
 * where there is none, so the functions of extensions are used where the client extensions name them. */
#include "gl.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* What GLES 3.1 promises (table 20.44 and the following). */
#define LEAST_TEXTURE 2048
#define LEAST_BLOCK ((size_t) 1 << 27)
#define LEAST_INVOCATIONS 128
#define LEAST_SHARED 16384
#define LEAST_WINDOW 16384
#define LEAST_WINDOW_STEP 256 /* it may be less, never more */
#define MOST_WINDOW 65536     /* more is not on the way for constants */

static _Thread_local EngineGlDevice *current; /* of this thread */

static bool
has_word (const char *words, const char *word)
{
  size_t n = strlen (word);

  for (const char *at = words; at && (at = strstr (at, word)); at += n)
    if ((at == words || strchr (" ,", at[-1])) && strchr (" ,", at[n]))
      return true;
  return false;
}

/* ---- displays ---------------------------------------------------------------------- */

static EGLDisplay
surfaceless_display (const char *client)
{
  if (!has_word (client, "EGL_EXT_platform_base") || !has_word (client, "EGL_MESA_platform_surfaceless"))
    return EGL_NO_DISPLAY;
  return eglGetPlatformDisplayEXT (EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
}

static EGLDisplay
device_display (const char *client)
{
  EGLDeviceEXT device;
  EGLint n = 0;

  if (!has_word (client, "EGL_EXT_platform_base") || !has_word (client, "EGL_EXT_platform_device") ||
      !(has_word (client, "EGL_EXT_device_base") || has_word (client, "EGL_EXT_device_enumeration")) || !eglQueryDevicesEXT (1, &device, &n) || n < 1)
    return EGL_NO_DISPLAY;
  return eglGetPlatformDisplayEXT (EGL_PLATFORM_DEVICE_EXT, device, NULL);
}

static EGLDisplay
default_display (const char *client)
{
  return eglGetDisplay (EGL_DEFAULT_DISPLAY);
}

/* In the order of trial; the word in MELETE_GL asks for one alone. */
static const struct {
  const char *word;
  EGLDisplay (*get) (const char *client);
} displays[] = {
  { "surfaceless", surfaceless_display }, { "device", device_display }, { "default", default_display },
};

/* ---- contexts ------------------------------------------------------------------------ */

/* Told of resets where the driver can: without that a context that was lost goes on, and gives nothing. */
static bool
create_context (EngineGlDevice *device, EGLConfig config)
{
  const EGLint told = epoxy_egl_version (device->display) >= 15 ? EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY : EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT;
  EGLint wish[] = {
    EGL_CONTEXT_MAJOR_VERSION, device->es ? 3 : 4, EGL_CONTEXT_MINOR_VERSION, device->es ? 1 : 3, told, EGL_LOSE_CONTEXT_ON_RESET,
    device->es ? EGL_NONE : EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE,
  };

  device->context = eglCreateContext (device->display, config, EGL_NO_CONTEXT, wish);
  if (device->context == EGL_NO_CONTEXT) {
    memmove (wish + 4, wish + 6, 3 * sizeof *wish);
    device->context = eglCreateContext (device->display, config, EGL_NO_CONTEXT, wish);
  }
  return device->context != EGL_NO_CONTEXT;
}

/* For a driver that wants something to draw on, though nobody draws. */
static bool
create_surface (EngineGlDevice *device, EGLConfig *config)
{
  const EGLint wish[] = { EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, device->es ? EGL_OPENGL_ES3_BIT : EGL_OPENGL_BIT, EGL_NONE };
  const EGLint size[] = { EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE };
  EGLint n = 0;

  if (!eglChooseConfig (device->display, wish, config, 1, &n) || n < 1)
    return false;
  device->surface = eglCreatePbufferSurface (device->display, *config, size);
  return device->surface != EGL_NO_SURFACE;
}

static void
drop_context (EngineGlDevice *device)
{
  eglMakeCurrent (device->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  if (device->context != EGL_NO_CONTEXT)
    eglDestroyContext (device->display, device->context);
  if (device->surface != EGL_NO_SURFACE)
    eglDestroySurface (device->display, device->surface);
  device->context = EGL_NO_CONTEXT;
  device->surface = EGL_NO_SURFACE;
}

static bool
make_context (EngineGlDevice *device, bool es, bool surface)
{
  EGLConfig config = EGL_NO_CONFIG_KHR;

  device->es = es;
  if (eglBindAPI (es ? EGL_OPENGL_ES_API : EGL_OPENGL_API) && (!surface || create_surface (device, &config)) && create_context (device, config) &&
      eglMakeCurrent (device->display, device->surface, device->surface, device->context))
    return true;
  drop_context (device);
  return false;
}

/* False with UNSUPPORTED. */
static bool
open_context (EngineGlDevice *device, const char *wish, EngineError *error)
{
  const char *client = eglQueryString (EGL_NO_DISPLAY, EGL_EXTENSIONS);
  bool any_word = false, any_display = false;

  for (size_t i = 0; i < ENGINE_LENGTH (displays); i++)
    any_word = any_word || has_word (wish, displays[i].word);
  for (size_t i = 0; i < ENGINE_LENGTH (displays); i++) {
    if (any_word && !has_word (wish, displays[i].word))
      continue;
    device->display = displays[i].get (client);
    if (device->display == EGL_NO_DISPLAY || !eglInitialize (device->display, NULL, NULL))
      continue;
    any_display = true;
    for (int kind = 0; kind < 4; kind++) /* OpenGL, then GLES; without a surface, then with one */
      if (!(has_word (wish, "es") && kind % 2 == 0) && !(has_word (wish, "pbuffer") && kind < 2) && make_context (device, kind % 2, kind >= 2))
        return true;
  }
  device->display = EGL_NO_DISPLAY;
  if (!any_display)
    return engine_fail (error, ENGINE_UNSUPPORTED, "There is no OpenGL on this machine: no EGL display can be opened.");
  return engine_fail (error, ENGINE_UNSUPPORTED, "The driver gives neither OpenGL 4.3 nor OpenGL ES 3.1.");
}

/* libepoxy ends the program where a function is asked for that the driver does not have. */
static void
find_reset_status (EngineGlDevice *device)
{
  if (epoxy_gl_version () >= (device->es ? 32 : 45))
    device->reset_status = glGetGraphicsResetStatus;
  else if (epoxy_has_gl_extension ("GL_KHR_robustness"))
    device->reset_status = device->es ? glGetGraphicsResetStatusKHR : glGetGraphicsResetStatus;
  else if (epoxy_has_gl_extension ("GL_ARB_robustness"))
    device->reset_status = glGetGraphicsResetStatusARB;
  else if (epoxy_has_gl_extension ("GL_EXT_robustness"))
    device->reset_status = glGetGraphicsResetStatusEXT;
}

/* Rasterisers on the processor, as they call themselves. */
static bool
is_software (const char *renderer)
{
  static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "SwiftShader", "Software Rasterizer" };

  for (size_t i = 0; i < ENGINE_LENGTH (names); i++)
    if (strstr (renderer, names[i]))
      return true;
  return false;
}

static void
read_limits (EngineGlDevice *device, bool least)
{
  GLint64 block = 0;
  GLint invocations = 0, shared = 0, window = 0, step = 0, texture = 0;

  snprintf (device->renderer, sizeof device->renderer, "%s", (const char *) glGetString (GL_RENDERER));
  snprintf (device->version, sizeof device->version, "%s", (const char *) glGetString (GL_VERSION));
  device->software = is_software (device->renderer);
  glGetInteger64v (GL_MAX_SHADER_STORAGE_BLOCK_SIZE, &block);
  glGetIntegerv (GL_MAX_COMPUTE_WORK_GROUP_INVOCATIONS, &invocations);
  glGetIntegerv (GL_MAX_COMPUTE_SHARED_MEMORY_SIZE, &shared);
  glGetIntegerv (GL_MAX_UNIFORM_BLOCK_SIZE, &window);
  glGetIntegerv (GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT, &step);
  glGetIntegerv (GL_MAX_TEXTURE_SIZE, &texture);
  device->max_texture = least ? LEAST_TEXTURE : texture;
  device->max_block = least ? LEAST_BLOCK : (size_t) block;
  device->max_invocations = least ? LEAST_INVOCATIONS : (uint32_t) invocations;
  device->max_shared = least ? LEAST_SHARED : (uint32_t) shared;
  device->window = least ? LEAST_WINDOW : (size_t) ENGINE_MIN (ENGINE_MAX (window, LEAST_WINDOW), MOST_WINDOW) / 16 * 16;
  device->window_step = least ? LEAST_WINDOW_STEP : (size_t) ENGINE_MAX (step, 16);
}

/* ---- faults for tests ------------------------------------------------------------ */

static atomic_int fault_kind, fault_checks = -1;

void
engine_gl_inject (EngineGlFault fault, int checks)
{
  atomic_store (&fault_kind, fault);
  atomic_store (&fault_checks, fault == ENGINE_GL_FAULT_NONE ? -1 : checks);
}

int
engine_gl_injected (void)
{
  return atomic_load (&fault_checks);
}

static void
inject_from_environment (void)
{
  static const char *const names[ENGINE_GL_N_FAULTS] = { "", "reset", "memory", "hang" };
  const char *wish = getenv ("MELETE_GL_FAULT"), *colon = wish ? strchr (wish, ':') : NULL;

  for (int i = 1; colon && i < ENGINE_GL_N_FAULTS; i++)
    if (strncmp (wish, names[i], (size_t) (colon - wish)) == 0 && names[i][colon - wish] == '\0')
      engine_gl_inject ((EngineGlFault) i, atoi (colon + 1));
}

static EngineGlFault
next_fault (void)
{
  return atomic_load (&fault_checks) >= 0 && atomic_fetch_sub (&fault_checks, 1) == 0 ? (EngineGlFault) atomic_load (&fault_kind) : ENGINE_GL_FAULT_NONE;
}

/* ---- the device -------------------------------------------------------------------- */

bool
engine_gl_device_open (EngineGlDevice *device, EngineError *error)
{
  const char *wish = getenv ("MELETE_GL");

  memset (device, 0, sizeof *device);
  if (!open_context (device, wish, error))
    return false;
  read_limits (device, has_word (wish, "least"));
  find_reset_status (device);
  device->measures = has_word (wish, "measure");
  current = device;
  inject_from_environment ();
  engine_log (ENGINE_LOG_INFO, "OpenGL: %s, %s", device->renderer, device->version);
  return true;
}

void
engine_gl_device_close (EngineGlDevice *device)
{
  if (device->display == EGL_NO_DISPLAY)
    return;
  current = NULL;
  drop_context (device);
  eglReleaseThread ();
  device->display = EGL_NO_DISPLAY;
}

/* NVIDIA's and AMD's ways to tell, which Mesa has too; both in KiB. */
#define MEMORY_NVX 0x9049 /* GPU_MEMORY_INFO_CURRENT_AVAILABLE_VIDMEM_NVX */
#define MEMORY_ATI 0x87fb /* VBO_FREE_MEMORY_ATI: in all, the largest block, and both of the memory beside it */

size_t
engine_gl_device_memory (void)
{
  GLint kib[4] = { 0 };

  if (current->software)
    return 0;
  if (epoxy_has_gl_extension ("GL_NVX_gpu_memory_info"))
    glGetIntegerv (MEMORY_NVX, kib);
  else if (epoxy_has_gl_extension ("GL_ATI_meminfo"))
    glGetIntegerv (MEMORY_ATI, kib);
  return (size_t) ENGINE_MAX (kib[0], 0) << 10;
}

bool
engine_gl_fail_gone (EngineError *error)
{
  return engine_fail (error, ENGINE_IO, "The driver of the graphics card does not answer any more.");
}

bool
engine_gl_check (const char *what, EngineError *error)
{
  EngineGlFault fault = next_fault ();
  GLenum code = fault == ENGINE_GL_FAULT_MEMORY ? GL_OUT_OF_MEMORY : glGetError ();

  if (fault == ENGINE_GL_FAULT_HANG)
    engine_gl_hang ();
  current->lost = current->lost || fault == ENGINE_GL_FAULT_RESET || (current->reset_status && current->reset_status () != GL_NO_ERROR);
  if (current->lost) {
    engine_log (ENGINE_LOG_WARNING, "The graphics card was reset at %s", what);
    return engine_fail (error, ENGINE_IO, "The graphics card was reset while it was at work.");
  }
  if (code == GL_NO_ERROR)
    return true;
  engine_log (ENGINE_LOG_WARNING, "OpenGL error 0x%x at %s", code, what);
  if (code == GL_OUT_OF_MEMORY)
    return engine_fail (error, ENGINE_NO_MEMORY, "The graphics card has no memory left; choose a smaller model or the processor.");
  return engine_fail (error, ENGINE_INTERNAL, "OpenGL refused a command (error %d); choose the processor in the preferences.", (int) code);
}
