// The libraries that scripts see: what is deterministic and bounded, with the rest replaced.
#include "Internal.h"
#include <string.h>

// MARK: Protected calls: limits pass through them

static int finish_call(lua_State *L, int status, lua_KContext below) {
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)below;
    bridge_recheck(L, status);
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

static int base_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_call);
    return finish_call(L, status, 0);
}

// A limit trips inside the count hook, where Lua counts nothing: the script's handler would run
// there without limits.
static int run_handler(lua_State *L) {
    if (bridge_of(L)->tripped) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int base_xpcall(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, run_handler, 1);
    lua_replace(L, 2);
    int arguments = lua_gettop(L) - 2;
    // function, handler, … becomes function, handler, true, function, …
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, arguments, LUA_MULTRET, 2, 2, finish_call);
    return finish_call(L, status, 2);
}

// MARK: Tables

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    bridge_push_text(L, 1);
    return 1;
}

static int base_rawset(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    if (bridge_read_only_target(L, 1)) {
        return luaL_error(L, "rawset: a table of the host is read-only");
    }
    lua_rawset(L, 1);
    return 1;
}

static int base_rawget(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    if (bridge_read_only_target(L, 1)) lua_replace(L, 1);
    lua_rawget(L, 1);
    return 1;
}

static int base_rawlen(lua_State *L) {
    int type = lua_type(L, 1);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    lua_settop(L, 1);
    if (bridge_read_only_target(L, 1)) lua_replace(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
    return 1;
}

static int base_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "cannot change a protected metatable");
    }
    if (type == LUA_TTABLE) {
        // Both would let a script see when the collector runs.
        static const char *const refused[] = {"__gc", "__mode"};
        for (int i = 0; i < 2; i += 1) {
            lua_pushstring(L, refused[i]);
            if (lua_rawget(L, 2) != LUA_TNIL) {
                return luaL_error(
                    L, "setmetatable: '%s' is not allowed: when the collector runs must not "
                       "change a result",
                    refused[i]);
            }
            lua_settop(L, 2);
        }
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

// MARK: C loops: billed before they run, since the instruction count does not see them

static lua_Integer length_of(lua_State *L) {
    return lua_istable(L, 1) ? luaL_len(L, 1) : 0;
}

static int forward(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

// Bills the places `from` to `to`.
static void charge_range(lua_State *L, lua_Integer from, lua_Integer to) {
    if (to < from) return;
    lua_Unsigned count = (lua_Unsigned)to - (lua_Unsigned)from;
    bridge_charge(L, count < INT64_MAX ? (int64_t)count : INT64_MAX);
}

// Bills the bytes of an argument, so many as one instruction.
static void charge_bytes(lua_State *L, int argument, int64_t per_unit) {
    if (lua_type(L, argument) != LUA_TSTRING) return;
    bridge_charge(L, (int64_t)lua_rawlen(L, argument) / per_unit);
}

static int table_unpack(lua_State *L) {
    lua_Integer to = lua_isinteger(L, 3) ? lua_tointeger(L, 3) : length_of(L);
    charge_range(L, luaL_optinteger(L, 2, 1), to);
    return forward(L);
}

static int table_sort(lua_State *L) {
    lua_Integer n = length_of(L), factor = 1;
    for (lua_Integer m = n; m > 1; m /= 2) factor += 1;
    // Long strings are compared without an instruction in between.
    int64_t units = 2 * factor * (1 + bridge_of(L)->tax / 8);
    bridge_charge(L, n > (INT64_C(1) << 40) / units ? INT64_MAX : n * units);
    return forward(L);
}

static int table_insert(lua_State *L) {
    if (lua_gettop(L) == 3 && lua_isinteger(L, 2)) {
        lua_Integer place = lua_tointeger(L, 2);
        if (place >= 1) charge_range(L, place, length_of(L));
    }
    return forward(L);
}

static int table_remove(lua_State *L) {
    if (lua_gettop(L) == 2 && lua_isinteger(L, 2)) {
        lua_Integer place = lua_tointeger(L, 2);
        if (place >= 1) charge_range(L, place, length_of(L));
    }
    return forward(L);
}

static int table_concat(lua_State *L) {
    lua_Integer from = luaL_optinteger(L, 3, 1);
    charge_range(L, from, lua_isnoneornil(L, 4) ? length_of(L) : luaL_checkinteger(L, 4));
    return forward(L);
}

static int table_move(lua_State *L) {
    if (lua_isinteger(L, 2) && lua_isinteger(L, 3)) {
        charge_range(L, lua_tointeger(L, 2), lua_tointeger(L, 3));
    }
    return forward(L);
}

static int by_arguments(lua_State *L) {
    bridge_charge(L, lua_gettop(L) / 4);
    return forward(L);
}

static int base_tonumber(lua_State *L) {
    charge_bytes(L, 1, 4);
    return forward(L);
}

// MARK: Strings

// Functions that look at every byte of their first argument.
static int by_bytes(lua_State *L) {
    charge_bytes(L, 1, 4);
    return forward(L);
}

// A place in a string of a length, as the library takes it.
static lua_Integer string_place(lua_Integer place, lua_Integer length) {
    if (place >= 0) return place;
    return place < -length ? 0 : length + place + 1;
}

// Bills the bytes of a string from the place in the second argument to that in the third; without
// one, the first byte alone or all to the end.
static int by_places(lua_State *L, int to_end) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    lua_Integer n = (lua_Integer)length;
    lua_Integer from = string_place(luaL_optinteger(L, 2, 1), n);
    lua_Integer to = string_place(luaL_optinteger(L, 3, to_end ? n : from), n);
    charge_range(L, from < 1 ? 1 : from, to > n ? n : to);
    return forward(L);
}

static int by_places_of_one(lua_State *L) {
    return by_places(L, 0);
}

static int by_places_to_end(lua_State *L) {
    return by_places(L, 1);
}

// How far it walks is known when it is there; one call walks over the string at most once.
static int utf8_offset(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    lua_Integer n = (lua_Integer)length, count = luaL_checkinteger(L, 2);
    lua_Integer from = string_place(luaL_optinteger(L, 3, count > 0 ? 1 : n + 1), n);
    int results = forward(L);
    lua_Integer to = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : count > 0 ? n : 1;
    bridge_charge(L, to > from ? to - from : from - to);
    return results;
}

// The format, and the bytes up to the next zero for each `z` in it.
static int string_unpack(lua_State *L) {
    size_t format, length;
    const char *at = luaL_checklstring(L, 1, &format);
    luaL_checklstring(L, 2, &length);
    lua_Integer from = string_place(luaL_optinteger(L, 3, 1), (lua_Integer)length);
    int64_t rest = from < (lua_Integer)length ? (int64_t)length - from : 0;
    int64_t looks = memchr(at, 'z', format) != NULL;
    bridge_charge(L, (int64_t)format + looks * rest / 256);
    return forward(L);
}

static int string_rep(lua_State *L) {
    size_t length, separator = 0;
    luaL_checklstring(L, 1, &length);
    luaL_checkinteger(L, 2);
    if (!lua_isnoneornil(L, 3)) luaL_checklstring(L, 3, &separator);
    if (length + separator == 0) {
        // The library would count to n and copy nothing.
        lua_pushliteral(L, "");
        return 1;
    }
    // Byte by byte it takes longer than the copying, which is billed as memory.
    lua_Integer count = length + separator < 64 ? lua_tointeger(L, 2) : 0;
    int results = forward(L);
    bridge_charge(L, count / 64);
    return results;
}

// `%s` of a table would print its address; `%p` is nothing else.
static int string_format(lua_State *L) {
    charge_bytes(L, 1, 4);
    const char *at = luaL_checkstring(L, 1);
    int argument = 1;
    for (; *at; at += 1) {
        if (*at != '%') continue;
        at += 1;
        if (*at == '%') continue;
        while (*at && strchr("-+ #0123456789.", *at)) at += 1;
        if (!*at) break;
        argument += 1;
        if (*at == 'p') return luaL_error(L, "format: '%%p' is not allowed: addresses differ");
        if (*at != 's' || argument > lua_gettop(L)) continue;
        int type = lua_type(L, argument);
        if (type == LUA_TSTRING || type == LUA_TNUMBER) continue;
        bridge_push_text(L, argument);
        lua_replace(L, argument);
    }
    return forward(L);
}

static int no_random(lua_State *L) {
    const bridge *b = bridge_of(L);
    lua_pushfstring(
        L, "math.%s would make runs differ: draw from the 'rng' argument of the function, as in "
           "rng:integer(1, 6)",
        lua_tostring(L, lua_upvalueindex(1)));
    if (b->allow[0]) {
        lua_pushfstring(L, "; a library that must draw by itself needs %s random", b->allow);
        lua_concat(L, 2);
    }
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
    return lua_error(L);
}

// MARK: Assembly

static const char *const base_names[] = {
    "assert", "error", "getmetatable", "ipairs", "rawequal", "select", "tonumber", "type",
    "_VERSION", NULL};

static const luaL_Reg base_functions[] = {
    {"next", bridge_next},         {"pairs", bridge_pairs},   {"pcall", base_pcall},
    {"rawget", base_rawget},       {"rawlen", base_rawlen},   {"rawset", base_rawset},
    {"setmetatable", base_setmetatable}, {"tostring", base_tostring},
    {"xpcall", base_xpcall},       {NULL, NULL}};

// Each gets the library's own function as its upvalue.
static const luaL_Reg base_wrappers[] = {
    {"select", by_arguments}, {"tonumber", base_tonumber}, {NULL, NULL}};

static const luaL_Reg table_wrappers[] = {
    {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},
    {"pack", by_arguments},   {"remove", table_remove}, {"sort", table_sort},
    {"unpack", table_unpack}, {NULL, NULL}};

static const luaL_Reg string_wrappers[] = {
    {"byte", by_places_of_one},   {"char", by_arguments},    {"format", string_format},
    {"lower", by_bytes},     {"pack", by_bytes},        {"packsize", by_bytes},
    {"rep", string_rep},     {"reverse", by_bytes},     {"unpack", string_unpack},
    {"upper", by_bytes},     {NULL, NULL}};

static const luaL_Reg utf8_wrappers[] = {
    {"char", by_arguments}, {"codepoint", by_places_of_one}, {"len", by_places_to_end},
    {"offset", utf8_offset}, {NULL, NULL}};

static const luaL_Reg math_wrappers[] = {
    {"max", by_arguments}, {"min", by_arguments}, {NULL, NULL}};

static void wrap(lua_State *L, int library, const luaL_Reg *wrappers) {
    for (; wrappers->name; wrappers += 1) {
        lua_getfield(L, library, wrappers->name);
        lua_pushcclosure(L, wrappers->func, 1);
        lua_setfield(L, library, wrappers->name);
    }
}

// Moves the library on top into the base names as a read-only view.
static void publish(lua_State *L, int base, const char *name) {
    bridge_make_read_only(L, name, 1);
    lua_setfield(L, base, name);
}

int bridge_open_libraries(lua_State *L) {
    luaL_requiref(L, "_G", luaopen_base, 0);
    const int stock = lua_gettop(L);
    lua_createtable(L, 0, 32);
    const int base = lua_gettop(L);
    for (const char *const *name = base_names; *name; name += 1) {
        lua_getfield(L, stock, *name);
        lua_setfield(L, base, *name);
    }
    luaL_setfuncs(L, base_functions, 0);
    wrap(L, base, base_wrappers);

    luaL_requiref(L, "string", luaopen_string, 0);
    int library = lua_gettop(L);
    wrap(L, library, string_wrappers);
    luaL_setfuncs(L, bridge_pattern_functions, 0);
    // The metatable of strings points at this table; scripts see neither.
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_settop(L, library);
    publish(L, base, "string");

    luaL_requiref(L, "table", luaopen_table, 0);
    wrap(L, lua_gettop(L), table_wrappers);
    publish(L, base, "table");

    luaL_requiref(L, "math", luaopen_math, 0);
    library = lua_gettop(L);
    wrap(L, library, math_wrappers);
    lua_getfield(L, library, "random");
    lua_getfield(L, library, "randomseed");
    bridge_keep_random(L, library);
    lua_settop(L, library);
    lua_pushliteral(L, "random");
    lua_pushcclosure(L, no_random, 1);
    lua_setfield(L, library, "random");
    lua_pushliteral(L, "randomseed");
    lua_pushcclosure(L, no_random, 1);
    lua_setfield(L, library, "randomseed");
    publish(L, base, "math");

    luaL_requiref(L, "utf8", luaopen_utf8, 0);
    wrap(L, lua_gettop(L), utf8_wrappers);
    publish(L, base, "utf8");

    luaL_requiref(L, "coroutine", luaopen_coroutine, 0);
    luaL_setfuncs(L, bridge_coroutine_functions, 0);
    publish(L, base, "coroutine");

    bridge_add_stock(L, base);
    // So that remembering an error never allocates.
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_failed);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_base);
    return 0;
}
