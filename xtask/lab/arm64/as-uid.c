/* as-uid: the 64-bit one. */
#include "svc.h"
#include "../as-uid.h"
