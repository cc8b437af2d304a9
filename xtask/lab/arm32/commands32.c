/* The calls of commands.c, made by 32-bit code: requests tell other sizes, and structures are laid out otherwise. */
#include "svc.h"
#include "../arm64/commands.c"
