// Work on values that may run a metamethod, allocate, or raise for another reason.
#include "Internal.h"

// Stack room for a request of a few values; without it, BRIDGE_OVERFLOW with nil as error value.
static int room(bridge *b) {
    if (lua_checkstack(b->running, 6)) return 1;
    lua_pushnil(b->running);
    b->report->overflow = 1;
    return 0;
}

typedef struct span {
    const void *bytes;
    size_t length;
} span;

static int string_work(lua_State *L) {
    const span *text = lua_touserdata(L, 1);
    lua_pushlstring(L, text->length ? text->bytes : "", text->length);
    return 1;
}

int bridge_push_string(bridge *b, const void *bytes, size_t length) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    span text = {bytes, length};
    lua_pushlightuserdata(b->running, &text);
    return bridge_protect(b, string_work, 1, 1);
}

static int table_work(lua_State *L) {
    lua_createtable(L, (int)lua_tointeger(L, 1), (int)lua_tointeger(L, 2));
    return 1;
}

int bridge_new_table(bridge *b, int array, int fields) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    lua_pushinteger(b->running, array);
    lua_pushinteger(b->running, fields);
    return bridge_protect(b, table_work, 2, 1);
}

static int integers_work(lua_State *L) {
    const span *request = lua_touserdata(L, 1);
    const int64_t *values = request->bytes;
    lua_createtable(L, (int)request->length, 0);
    for (size_t i = 0; i < request->length; i += 1) {
        lua_pushinteger(L, values[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int numbers_work(lua_State *L) {
    const span *request = lua_touserdata(L, 1);
    const double *values = request->bytes;
    lua_createtable(L, (int)request->length, 0);
    for (size_t i = 0; i < request->length; i += 1) {
        lua_pushnumber(L, values[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

int bridge_push_integers(bridge *b, const int64_t *values, int count) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    span request = {values, (size_t)count};
    lua_pushlightuserdata(b->running, &request);
    return bridge_protect(b, integers_work, 1, 1);
}

int bridge_push_numbers(bridge *b, const double *values, int count) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    span request = {values, (size_t)count};
    lua_pushlightuserdata(b->running, &request);
    return bridge_protect(b, numbers_work, 1, 1);
}

int64_t bridge_read_integers(
    bridge *b, int table, int64_t first, int64_t *values, int64_t count) {
    lua_State *L = b->running;
    int top = lua_gettop(L);
    table = lua_absindex(L, table);
    // Popped many at a time, which is a third of the work.
    int64_t group = lua_checkstack(L, 32) ? 32 : 1;
    for (int64_t i = 0; i < count;) {
        int64_t end = count - i < group ? count : i + group;
        int exact = 1;
        for (; i < end && exact; i += exact) {
            exact = 0;
            if (lua_rawgeti(L, table, first + i) == LUA_TNUMBER) {
                values[i] = lua_tointegerx(L, -1, &exact);
            }
        }
        lua_settop(L, top);
        if (!exact) return i;
    }
    return count;
}

static int get_work(lua_State *L) {
    lua_gettable(L, 1);
    return 1;
}

int bridge_get(bridge *b, int table) {
    lua_State *L = b->running;
    table = lua_absindex(L, table);
    if (!lua_checkstack(L, 4)) {
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    lua_pushvalue(L, table);
    lua_insert(L, -2);
    return bridge_protect(b, get_work, 2, 1);
}

static int set_work(lua_State *L) {
    lua_settable(L, 1);
    return 0;
}

static int raw_set_work(lua_State *L) {
    if (lua_isnil(L, 2)) return luaL_error(L, "index is nil");
    lua_rawset(L, 1);
    return 0;
}

static int assign(bridge *b, int table, lua_CFunction work) {
    lua_State *L = b->running;
    table = lua_absindex(L, table);
    if (!lua_checkstack(L, 4)) {
        lua_settop(L, -2);
        b->report->overflow = 1;
        return BRIDGE_OVERFLOW;
    }
    lua_pushvalue(L, table);
    lua_insert(L, -3);
    return bridge_protect(b, work, 3, 0);
}

int bridge_set(bridge *b, int table) {
    return assign(b, table, set_work);
}

int bridge_raw_set(bridge *b, int table) {
    return assign(b, table, raw_set_work);
}

static int length_work(lua_State *L) {
    lua_pushinteger(L, luaL_len(L, 1));
    return 1;
}

int bridge_length(bridge *b, int value, int64_t *length) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    lua_pushvalue(b->running, value);
    int status = bridge_protect(b, length_work, 1, 1);
    if (status != BRIDGE_OK) return status;
    *length = lua_tointeger(b->running, -1);
    lua_settop(b->running, -2);
    return BRIDGE_OK;
}

static int compare_work(lua_State *L) {
    lua_pushboolean(L, lua_compare(L, 1, 2, (int)lua_tointeger(L, 3)));
    return 1;
}

int bridge_compare(bridge *b, int left, int right, int operation, int *result) {
    lua_State *L = b->running;
    left = lua_absindex(L, left);
    right = lua_absindex(L, right);
    if (!room(b)) return BRIDGE_OVERFLOW;
    lua_pushvalue(L, left);
    lua_pushvalue(L, right);
    lua_pushinteger(L, operation);
    int status = bridge_protect(b, compare_work, 3, 1);
    if (status != BRIDGE_OK) return status;
    *result = lua_toboolean(L, -1);
    lua_settop(L, -2);
    return BRIDGE_OK;
}

static int concatenate_work(lua_State *L) {
    lua_concat(L, lua_gettop(L));
    return 1;
}

int bridge_concatenate(bridge *b, int count) {
    return bridge_protect(b, concatenate_work, count, 1);
}

static int keys_work(lua_State *L) {
    bridge_push_sorted_keys(L, 1);
    return 1;
}

int bridge_sorted_keys(bridge *b, int table) {
    if (!room(b)) return BRIDGE_OVERFLOW;
    lua_pushvalue(b->running, table);
    return bridge_protect(b, keys_work, 1, 1);
}

// MARK: References

static int reference_work(lua_State *L) {
    lua_settop(L, 1);
    lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
    return 1;
}

int bridge_reference(bridge *b) {
    if (bridge_protect(b, reference_work, 1, 1) != BRIDGE_OK) return -1;
    int reference = (int)lua_tointeger(b->running, -1);
    lua_settop(b->running, -2);
    return reference;
}

void bridge_release_references(bridge *b, const int32_t *references, size_t count) {
    // Writes only slots that exist: nothing is allocated, nothing can raise.
    if (!lua_checkstack(b->running, 4)) return;
    for (size_t i = 0; i < count; i += 1) {
        luaL_unref(b->running, LUA_REGISTRYINDEX, references[i]);
    }
}
