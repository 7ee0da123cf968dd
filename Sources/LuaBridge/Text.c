// `tostring` without addresses: they differ from run to run.
#include "Internal.h"
#include <string.h>

// Numbers objects in the order in which a script first asks for their text.
static lua_Integer identity(lua_State *L, int value) {
    value = lua_absindex(L, value);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_identities) != LUA_TTABLE) {
        lua_settop(L, -2);
        lua_createtable(L, 0, 1);
        lua_createtable(L, 0, 1);
        lua_pushliteral(L, "k");
        lua_setfield(L, -2, "__mode");
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_identities);
    }
    lua_pushvalue(L, value);
    lua_rawget(L, -2);
    lua_Integer number = lua_tointeger(L, -1);
    lua_settop(L, -2);
    if (number == 0) {
        // The count is kept under the key 1: numbers never ask for an identity.
        lua_rawgeti(L, -1, 1);
        number = lua_tointeger(L, -1) + 1;
        lua_settop(L, -2);
        lua_pushinteger(L, number);
        lua_rawseti(L, -2, 1);
        lua_pushvalue(L, value);
        lua_pushinteger(L, number);
        lua_rawset(L, -3);
    }
    lua_settop(L, -2);
    return number;
}

void bridge_push_text(lua_State *L, int value) {
    value = lua_absindex(L, value);
    luaL_checkstack(L, 8, "tostring");
    if (luaL_callmeta(L, value, "__tostring")) {
        if (lua_type(L, -1) == LUA_TSTRING) return;
        luaL_error(L, "'__tostring' must return a string");
    }
    switch (lua_type(L, value)) {
        case LUA_TNUMBER:
        case LUA_TSTRING:
        case LUA_TBOOLEAN:
        case LUA_TNIL:
            luaL_tolstring(L, value, NULL);
            return;
        default:
            break;
    }
    const char *kind = luaL_typename(L, value);
    if (luaL_getmetafield(L, value, "__name") == LUA_TSTRING) {
        kind = lua_tostring(L, -1);  // alive: the metatable holds it
    }
    bridge_box *box = bridge_object(bridge_of(L), value);
    lua_Debug frame;
    if (box) {
        lua_pushfstring(L, "%s: %I", kind, (LUAI_UACINT)box->serial);
    } else if (lua_isfunction(L, value)) {
        lua_pushvalue(L, value);
        lua_getinfo(L, ">S", &frame);
        if (frame.linedefined >= 0) {
            lua_pushfstring(L, "function: %s:%d", frame.short_src, frame.linedefined);
        } else {
            lua_pushliteral(L, "function: built in");
        }
    } else {
        lua_pushfstring(L, "%s: %I", kind, (LUAI_UACINT)identity(L, value));
    }
}

static int text_work(lua_State *L) {
    bridge_push_text(L, 1);
    return 1;
}

// Of an error value: its `__tostring` runs when the failed call and its limits are over.
int bridge_error_text(bridge *b, int value) {
    if (!lua_checkstack(b->running, 4)) {
        lua_pushnil(b->running);
        return BRIDGE_OVERFLOW;
    }
    value = lua_absindex(b->running, value);
    lua_pushcfunction(b->running, text_work);
    lua_pushvalue(b->running, value);
    const bridge_limits limits = {100000, 1 << 20, -1};
    return bridge_call(b, 1, 1, &limits);
}

int bridge_text(bridge *b, int value) {
    if (!lua_checkstack(b->running, 4)) {
        lua_pushnil(b->running);
        return BRIDGE_OVERFLOW;
    }
    lua_pushvalue(b->running, value);
    return bridge_protect(b, text_work, 1, 1);
}
