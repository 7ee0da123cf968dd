// Names: nearest known name, read-only views, environments, fields of host objects.
#include "Internal.h"
#include <stdio.h>
#include <string.h>

enum { longest_name = 48 };

static int least(int a, int b) {
    return a < b ? a : b;
}

// Edit distance with transpositions of neighbours (optimal string alignment).
static int distance(const char *a, size_t m, const char *b, size_t n) {
    int rows[3][longest_name + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j += 1) above[j] = (int)j;
    for (size_t i = 1; i <= m; i += 1) {
        row[0] = (int)i;
        for (size_t j = 1; j <= n; j += 1) {
            int cost = a[i - 1] != b[j - 1];
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        int *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[n];
}

// Looks for a string key of the table that is near the name; the first in byte order wins a tie.
static void search(lua_State *L, int table, const char *name, int *best, char *buffer, size_t room) {
    size_t length = strlen(name);
    if (length == 0 || length > longest_name) return;
    int most = length <= 2 ? 1 : length <= 6 ? 2 : 3;
    table = lua_absindex(L, table);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_settop(L, -2);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        size_t n;
        const char *key = lua_tolstring(L, -1, &n);
        if (n == 0 || n > longest_name) continue;
        int edits = distance(name, length, key, n);
        if (edits > most || edits >= (int)length) continue;
        if (edits < *best || (edits == *best && strcmp(key, buffer) < 0)) {
            *best = edits;
            snprintf(buffer, room, "%s", key);
        }
    }
}

int bridge_nearest(lua_State *L, int table, const char *name, char *buffer, size_t room) {
    int best = 1000;
    search(L, table, name, &best, buffer, room);
    return best < 1000;
}

static const char *key_text(lua_State *L, int key) {
    if (lua_type(L, key) == LUA_TSTRING) return lua_tostring(L, key);
    bridge_push_text(L, key);
    return lua_tostring(L, -1);
}

// MARK: Read-only views

int bridge_read_only_target(lua_State *L, int value) {
    if (lua_type(L, value) != LUA_TTABLE || !lua_getmetatable(L, value)) return 0;
    if (lua_rawgetp(L, -1, &bridge_key_read_only) != LUA_TTABLE) {
        lua_settop(L, -3);
        return 0;
    }
    lua_remove(L, -2);
    return 1;
}

void bridge_push_target(bridge *b, int value) {
    value = lua_absindex(b->running, value);
    if (!bridge_read_only_target(b->running, value)) lua_pushvalue(b->running, value);
}

static int refuse_write(lua_State *L) {
    return luaL_error(
        L, "'%s' is read-only: it belongs to the host (field '%s')",
        lua_tostring(L, lua_upvalueindex(1)), key_text(L, 2));
}

static int unknown_field(lua_State *L) {
    // `ipairs` ends at the first absent place.
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *name = lua_tostring(L, lua_upvalueindex(1));
    const char *key = key_text(L, 2);
    if (bridge_is_probed(key)) return 0;
    char near[64];
    if (bridge_nearest(L, 1, key, near, sizeof near)) {
        return luaL_error(L, "'%s' has no field '%s' (did you mean '%s'?)", name, key, near);
    }
    return luaL_error(L, "'%s' has no field '%s'", name, key);
}

static int view_length(lua_State *L) {
    lua_pushinteger(L, luaL_len(L, lua_upvalueindex(1)));
    return 1;
}

static int view_pairs(lua_State *L) {
    lua_settop(L, 0);
    lua_pushcfunction(L, bridge_pairs);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_call(L, 1, 3);
    return 3;
}

// Replaces the table on top by the view.
void bridge_make_read_only(lua_State *L, const char *name, int strict) {
    luaL_checkstack(L, 8, "read-only table");
    int target = lua_gettop(L);
    if (strict && !lua_getmetatable(L, target)) {
        lua_createtable(L, 0, 1);
        lua_pushstring(L, name);
        lua_pushcclosure(L, unknown_field, 1);
        lua_setfield(L, -2, "__index");
        lua_setmetatable(L, target);
    }
    lua_settop(L, target);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 8);
    lua_pushvalue(L, target);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_write, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, target);
    lua_pushcclosure(L, view_length, 1);
    lua_setfield(L, -2, "__len");
    lua_pushvalue(L, target);
    lua_pushcclosure(L, view_pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, target);
    lua_rawsetp(L, -2, &bridge_key_read_only);
    lua_setmetatable(L, -2);
    lua_remove(L, target);
}

typedef struct view_request {
    const char *name;
    int strict;
} view_request;

static int read_only_work(lua_State *L) {
    const view_request *request = lua_touserdata(L, 1);
    bridge_make_read_only(L, request->name, request->strict);
    return 1;
}

int bridge_read_only(bridge *b, const char *name, int strict) {
    view_request request = {name, strict};
    if (!lua_checkstack(b->running, 4)) {
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    lua_pushlightuserdata(b->running, &request);
    lua_insert(b->running, -2);
    return bridge_protect(b, read_only_work, 2, 1);
}

// MARK: Environments

static int undeclared_read(lua_State *L) {
    const char *key = key_text(L, 2);
    if (bridge_is_probed(key)) return 0;
    if (strcmp(key, "print") == 0) {
        return luaL_error(L, "'print' is not available here: this host shows no output of scripts");
    }
    char near[64];
    if (bridge_nearest(L, 1, key, near, sizeof near)) {
        return luaL_error(L, "undeclared variable '%s' (did you mean '%s'?)", key, near);
    }
    return luaL_error(L, "undeclared variable '%s'", key);
}

static int undeclared_write(lua_State *L) {
    const char *key = key_text(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        return luaL_error(L, "'%s' is read-only: it belongs to the host", key);
    }
    return luaL_error(
        L, "assignment to undeclared variable '%s' (write 'local %s = ...' to declare it)", key,
        key);
}

static int base_load(lua_State *L);

// `_G`: the same names; asking it for one that is not there gives nil, as libraries expect.
static int raw_name(lua_State *L) {
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

// Pushes a view of the names; a name that is not there is nil (`_G`) or an error (`_ENV`).
static void push_environment(lua_State *L, int names, int is_lenient) {
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 7);
    lua_pushvalue(L, names);
    if (is_lenient) lua_pushcclosure(L, raw_name, 1);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, names);
    lua_pushcclosure(L, undeclared_write, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, names);
    lua_pushcclosure(L, view_pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "environment");
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, names);
    lua_rawsetp(L, -2, &bridge_key_read_only);
    lua_setmetatable(L, -2);
}

static void copy_entries(lua_State *L, int source, int target) {
    lua_pushnil(L);
    while (lua_next(L, source)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, target);
    }
}

static int environment_work(lua_State *L) {
    lua_createtable(L, 0, 40);
    int names = lua_gettop(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_base);
    copy_entries(L, names + 1, names);
    copy_entries(L, 1, names);
    lua_settop(L, names);
    static const char *const own[] = {"debug", "io", "os", "package"};
    for (int i = 0; i < 4; i += 1) {
        if (lua_getfield(L, names, own[i]) == LUA_TTABLE) {
            bridge_copy_table(L);
            lua_setfield(L, names, own[i]);
        }
        lua_settop(L, names);
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, undeclared_read);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, names);
    push_environment(L, names, 1);
    lua_setfield(L, names, "_G");
    push_environment(L, names, 0);

    lua_pushvalue(L, -1);
    lua_pushcclosure(L, base_load, 1);
    lua_setfield(L, names, "load");
    lua_pushvalue(L, names);
    return 2;
}

int bridge_new_environment(bridge *b) {
    return bridge_protect(b, environment_work, 1, 2);
}

// The text of a chunk given as a function that returns its pieces.
static void gather_pieces(lua_State *L) {
    lua_settop(L, 4);
    lua_pushliteral(L, "");
    for (;;) {
        lua_pushvalue(L, 1);
        lua_call(L, 0, 1);
        if (lua_isnil(L, -1)) break;
        if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "reader function must return a string");
        if (lua_rawlen(L, -1) == 0) break;
        lua_concat(L, 2);
    }
    lua_settop(L, -2);
    lua_replace(L, 1);
}

// Compiling a byte of text, in instructions.
enum { units_of_compiling = 8 };

// `load(text or function, name, mode, environment)`: text only, in the script's own environment.
static int base_load(lua_State *L) {
    int own_environment = lua_isnone(L, 4);
    lua_settop(L, 4);
    if (lua_isfunction(L, 1)) gather_pieces(L);
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_optstring(L, 2, text);
    bridge_charge(L, units_of_compiling * (int64_t)length);
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushvalue(L, own_environment ? lua_upvalueindex(1) : 4);
    if (!lua_setupvalue(L, -2, 1)) lua_settop(L, -2);
    return 1;
}

// MARK: Fields of host objects

// Upvalues: methods, getters, fallback or nil, name of the type.
static int object_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);
        return 1;
    }
    if (!lua_isnil(L, lua_upvalueindex(3))) {
        lua_settop(L, 2);
        lua_pushvalue(L, lua_upvalueindex(3));
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        return 1;
    }
    const char *key = key_text(L, 2);
    char near[64] = "";
    int best = 1000;
    search(L, lua_upvalueindex(1), key, &best, near, sizeof near);
    search(L, lua_upvalueindex(2), key, &best, near, sizeof near);
    const char *type = lua_tostring(L, lua_upvalueindex(4));
    if (near[0]) {
        return luaL_error(L, "%s has no field '%s' (did you mean '%s'?)", type, key, near);
    }
    return luaL_error(L, "%s has no field '%s'", type, key);
}

// Upvalues: setters, fallback or nil, name of the type.
static int object_new_index(lua_State *L) {
    lua_settop(L, 3);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_pushvalue(L, 3);
        lua_call(L, 2, 0);
        return 0;
    }
    if (!lua_isnil(L, lua_upvalueindex(2))) {
        lua_settop(L, 3);
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_insert(L, 1);
        lua_call(L, 3, 0);
        return 0;
    }
    return luaL_error(
        L, "%s cannot be changed (field '%s')", lua_tostring(L, lua_upvalueindex(3)),
        key_text(L, 2));
}

static int index_work(lua_State *L) {
    lua_pushstring(L, lua_touserdata(L, 4));
    lua_replace(L, 4);
    lua_pushcclosure(L, object_index, 4);
    return 1;
}

static int new_index_work(lua_State *L) {
    lua_pushstring(L, lua_touserdata(L, 3));
    lua_replace(L, 3);
    lua_pushcclosure(L, object_new_index, 3);
    return 1;
}

int bridge_push_index(bridge *b, const char *type) {
    if (!lua_checkstack(b->running, 4)) return BRIDGE_OVERFLOW;
    lua_pushlightuserdata(b->running, (void *)type);
    return bridge_protect(b, index_work, 4, 1);
}

int bridge_push_new_index(bridge *b, const char *type) {
    if (!lua_checkstack(b->running, 4)) return BRIDGE_OVERFLOW;
    lua_pushlightuserdata(b->running, (void *)type);
    return bridge_protect(b, new_index_work, 3, 1);
}
