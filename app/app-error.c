/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-error.h"

#include <errno.h>

G_DEFINE_QUARK (app-error-quark, app_error)

AppErrorCode
app_error_from_errno (int number)
{
  switch (number) {
  case ENOSPC:
  case EDQUOT:
    return APP_ERROR_FULL;
  case EROFS:
  case EACCES:
  case EPERM:
    return APP_ERROR_READ_ONLY;
  default:
    return APP_ERROR_FAILED;
  }
}
