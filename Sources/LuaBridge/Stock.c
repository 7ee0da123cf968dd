// What plain Lua has and a reproducible host cannot give: present by name, so that libraries load,
// and refused with a reason when called. `io` and `os` come from Swift, which knows what is allowed.
#include "Internal.h"
#include <stdio.h>
#include <string.h>

static int refuse(lua_State *L) {
    return luaL_error(
        L, "'%s' is not available here: %s", lua_tostring(L, lua_upvalueindex(1)),
        lua_tostring(L, lua_upvalueindex(2)));
}

static void add_refusal(lua_State *L, int table, const char *name, const char *field, const char *why) {
    lua_pushstring(L, name);
    lua_pushstring(L, why);
    lua_pushcclosure(L, refuse, 2);
    lua_setfield(L, table, field);
}

// Other versions of Lua have these; libraries ask before they use them.
int bridge_is_probed(const char *name) {
    static const char *const names[] = {
        "unpack", "loadstring", "setfenv", "getfenv", "module", "newproxy", "gcinfo", "jit", "bit",
        "bit32", "arg", "ngx", "getn", "setn", "maxn", "foreach", "foreachi", "gfind", "mod",
        "loaders", "EXPORT_ASSERT_TO_GLOBALS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i += 1) {
        if (strcmp(name, names[i]) == 0) return 1;
    }
    return 0;
}

void bridge_copy_table(lua_State *L) {
    int source = lua_gettop(L);
    lua_createtable(L, 0, 12);
    lua_pushnil(L);
    while (lua_next(L, source)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, source + 1);
    }
    lua_replace(L, source);
}

// MARK: debug

// The library walks down the stack for each level that it shows.
static int debug_traceback(lua_State *L) {
    lua_State *of = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    bridge_charge(L, 200 + 8 * (int64_t)bridge_depth(of));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

// `debug.getinfo([thread,] function or level [, what])` without functions and upvalues: those of
// the host are on the stack, too.
static int debug_getinfo(lua_State *L) {
    lua_State *of = L;
    int first = 1;
    if (lua_isthread(L, 1)) {
        of = lua_tothread(L, 1);
        first = 2;
    }
    lua_Debug frame;
    if (lua_isfunction(L, first)) {
        lua_pushvalue(L, first);
        if (of != L) lua_xmove(L, of, 1);
        lua_getinfo(of, ">Snu", &frame);
        frame.currentline = -1;
        frame.istailcall = 0;
    } else {
        lua_Integer level = luaL_checkinteger(L, first);
        bridge_charge(L, level >= 0 && level < 1000000 ? level / 4 : 0);
        if (level < 0 || level > 1000000 || !lua_getstack(of, (int)level, &frame)) {
            lua_pushnil(L);
            return 1;
        }
        lua_getinfo(of, "Slntu", &frame);
    }
    lua_createtable(L, 0, 12);
    lua_pushstring(L, frame.source);
    lua_setfield(L, -2, "source");
    lua_pushstring(L, frame.short_src);
    lua_setfield(L, -2, "short_src");
    lua_pushstring(L, frame.what);
    lua_setfield(L, -2, "what");
    lua_pushstring(L, frame.name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, frame.name ? frame.namewhat : "");
    lua_setfield(L, -2, "namewhat");
    lua_pushinteger(L, frame.linedefined);
    lua_setfield(L, -2, "linedefined");
    lua_pushinteger(L, frame.lastlinedefined);
    lua_setfield(L, -2, "lastlinedefined");
    lua_pushinteger(L, frame.currentline);
    lua_setfield(L, -2, "currentline");
    lua_pushinteger(L, frame.nups);
    lua_setfield(L, -2, "nups");
    lua_pushinteger(L, frame.nparams);
    lua_setfield(L, -2, "nparams");
    lua_pushboolean(L, frame.isvararg);
    lua_setfield(L, -2, "isvararg");
    lua_pushboolean(L, frame.istailcall);
    lua_setfield(L, -2, "istailcall");
    return 1;
}

static const char *const debug_refused[] = {
    "debug", "gethook", "getlocal", "getregistry", "getupvalue", "getuservalue", "sethook",
    "setlocal", "setmetatable", "setupvalue", "setuservalue", "upvalueid", "upvaluejoin", NULL};

static void add_debug(lua_State *L, int base) {
    lua_createtable(L, 0, 20);
    int table = lua_gettop(L);
    luaL_requiref(L, "debug", luaopen_debug, 0);
    lua_getfield(L, -1, "traceback");
    lua_pushcclosure(L, debug_traceback, 1);
    lua_setfield(L, table, "traceback");
    lua_settop(L, table);
    lua_pushcfunction(L, debug_getinfo);
    lua_setfield(L, table, "getinfo");
    // The one that respects `__metatable`.
    lua_getfield(L, base, "getmetatable");
    lua_setfield(L, table, "getmetatable");
    for (const char *const *name = debug_refused; *name; name += 1) {
        lua_pushfstring(L, "debug.%s", *name);
        add_refusal(
            L, table, lua_tostring(L, -1), *name,
            "it can reach behind the sandbox, and nothing allows it");
        lua_settop(L, table);
    }
    lua_setfield(L, base, "debug");
}

// MARK: package and single names

static void add_package(lua_State *L, int base) {
    lua_createtable(L, 0, 8);
    int table = lua_gettop(L);
    lua_pushliteral(L, "/\n;\n?\n!\n-\n");
    lua_setfield(L, table, "config");
    lua_pushliteral(L, "./?.lua;./?/init.lua");
    lua_setfield(L, table, "path");
    lua_pushliteral(L, "");
    lua_setfield(L, table, "cpath");
    lua_createtable(L, 0, 0);
    bridge_make_read_only(L, "package.loaded", 0);
    lua_setfield(L, table, "loaded");
    lua_createtable(L, 0, 0);
    bridge_make_read_only(L, "package.preload", 0);
    lua_setfield(L, table, "preload");
    add_refusal(L, table, "package.loadlib", "loadlib", "native code can do anything");
    add_refusal(L, table, "package.searchpath", "searchpath", "use `require`");
    lua_setfield(L, base, "package");
}

void bridge_add_stock(lua_State *L, int base) {
    add_debug(L, base);
    add_package(L, base);
    add_refusal(L, base, "collectgarbage", "collectgarbage", "the host paces the collector");
    add_refusal(L, base, "dofile", "dofile", "use `require`");
    add_refusal(L, base, "loadfile", "loadfile", "use `require`");
    lua_getfield(L, base, "string");
    bridge_read_only_target(L, -1);
    add_refusal(
        L, lua_gettop(L), "string.dump", "dump", "bytecode can reach behind the sandbox");
    lua_settop(L, -3);
}

// MARK: math.random

void bridge_keep_random(lua_State *L, int math) {
    lua_createtable(L, 3, 0);
    lua_insert(L, -3);
    lua_rawseti(L, -3, 2);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, math);
    lua_rawseti(L, -2, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_random);
}

static int allow_random_work(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_random);
    lua_rawgeti(L, 1, 3);
    lua_rawgeti(L, 1, 1);
    lua_setfield(L, 2, "random");
    lua_rawgeti(L, 1, 2);
    lua_setfield(L, 2, "randomseed");
    // Lua seeds it from addresses and time.
    lua_rawgeti(L, 1, 2);
    lua_pushinteger(L, 0);
    lua_call(L, 1, 0);
    return 0;
}

int bridge_allow_random(bridge *b) {
    return bridge_protect(b, allow_random_work, 0, 0);
}

void bridge_set_allow(bridge *b, const char *option) {
    strncpy(b->allow, option, sizeof b->allow - 1);
}

static int library_work(lua_State *L) {
    const char *name = lua_touserdata(L, 1);
    static const char *const own[] = {"debug", "package"};
    static const char *const shared[] = {"coroutine", "math", "string", "table", "utf8"};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_base);
    for (int i = 0; i < 5; i += 1) {
        if (strcmp(name, shared[i]) != 0) continue;
        lua_getfield(L, -1, name);
        return 1;
    }
    for (int i = 0; i < 2; i += 1) {
        if (strcmp(name, own[i]) != 0) continue;
        lua_getfield(L, -1, name);
        bridge_copy_table(L);
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

int bridge_library(bridge *b, const char *name) {
    if (!lua_checkstack(b->running, 4)) return BRIDGE_OVERFLOW;
    lua_pushlightuserdata(b->running, (void *)name);
    return bridge_protect(b, library_work, 1, 1);
}

void bridge_release_numbers(int numbers[3]) {
    // The headers' own number may be of another release than the library that was found.
    if (sscanf(lua_ident, "$LuaVersion: Lua %d.%d.%d", &numbers[0], &numbers[1], &numbers[2]) != 3) {
        numbers[0] = LUA_VERSION_NUM / 100;
        numbers[1] = LUA_VERSION_NUM % 100;
        numbers[2] = LUA_VERSION_RELEASE_NUM % 100;
    }
}
