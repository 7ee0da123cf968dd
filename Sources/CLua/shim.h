// Debian keeps the headers in a versioned folder; the linker finds liblua5.4 by itself.
#include <lua5.4/lua.h>
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
