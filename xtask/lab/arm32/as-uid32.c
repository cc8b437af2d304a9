/* as-uid32: the 32-bit one, since a 32-bit tracer cannot follow a 64-bit program. */
#include "svc.h"
#include "../as-uid.h"
