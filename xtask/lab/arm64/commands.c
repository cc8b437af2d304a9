/* Calls that are many calls, made by 64-bit code. */
#include "svc.h"
#include "../commands.h"
