/* The same calls, made by 32-bit code: structures with pointers and words in them are laid out otherwise. */
#include "svc.h"
#include "../values.h"
