/* The calls of commands.h, made by 32-bit code: requests tell other sizes, and structures are laid out otherwise. */
#include "svc.h"
#include "../commands.h"
