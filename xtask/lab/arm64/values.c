/* Calls whose arguments have parts of many kinds, made by 64-bit code. */
#include "svc.h"
#include "../values.h"
