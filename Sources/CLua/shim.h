// Debian keeps the headers in a versioned folder; the linker finds liblua5.4 by itself. LuaBridge.h
// says what to install where these are not of Lua 5.4.
#include <lua5.4/lua.h>
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
