# SPDX-License-Identifier: GPL-2.0-only
# The kernel itself is not instrumented by KCSAN, a module for it is: so the
# kernel runs at its full speed, and each report is about the module.
CFLAGS_KCSAN=
