// `pairs` and `next` in a defined order.
//
// Lua's own order follows string hashes, which Debian seeds from addresses and time. Here: the
// array part (1, 2, … up to the first absent entry), then the other keys sorted by type and value:
// false, true; numbers; strings by bytes; host objects in order of creation. Tables, functions
// and coroutines have nothing to sort by: two such keys in one table are an error.
#include "Internal.h"
#include <stdlib.h>
#include <string.h>

enum { rank_boolean, rank_number, rank_text, rank_object, rank_none };

typedef struct key {
    int rank;
    int whole;          // number: an integer
    uint32_t place;     // in the table of collected keys
    lua_Integer integer;
    lua_Number number;
    const char *text;
    size_t length;
} key;

static key describe(lua_State *L, int value) {
    key k = {.rank = rank_none};
    switch (lua_type(L, value)) {
        case LUA_TBOOLEAN:
            k.rank = rank_boolean;
            k.integer = lua_toboolean(L, value);
            break;
        case LUA_TNUMBER:
            k.rank = rank_number;
            k.whole = lua_isinteger(L, value);
            if (k.whole) k.integer = lua_tointeger(L, value);
            k.number = lua_tonumber(L, value);
            break;
        case LUA_TSTRING:
            k.rank = rank_text;
            k.text = lua_tolstring(L, value, &k.length);
            break;
        case LUA_TUSERDATA:
            k.rank = rank_object;
            k.integer = (lua_Integer)((bridge_box *)lua_touserdata(L, value))->serial;
            break;
        default:
            break;
    }
    return k;
}

static int order(const void *left, const void *right) {
    const key *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    if (a->rank == rank_text) {
        size_t n = a->length < b->length ? a->length : b->length;
        int bytes = memcmp(a->text, b->text, n);
        if (bytes != 0) return bytes;
        return (a->length > b->length) - (a->length < b->length);
    }
    if (a->rank == rank_number && !(a->whole && b->whole)) {
        // Beyond 2^53 an integer and a float may round to the same double: the integer goes first.
        if (a->number != b->number) return a->number < b->number ? -1 : 1;
        if (a->whole != b->whole) return a->whole ? -1 : 1;
        return 0;
    }
    return (a->integer > b->integer) - (a->integer < b->integer);
}

static int no_order(lua_State *L, int value) {
    return luaL_error(
        L, "pairs: keys of type %s have no order that is the same in every run; use names, "
           "numbers or an array",
        luaL_typename(L, value));
}

// Entries 1 … n that are present without a gap.
static lua_Integer array_length(lua_State *L, int table) {
    lua_Integer n = 0;
    while (lua_rawgeti(L, table, n + 1) != LUA_TNIL) {
        lua_settop(L, -2);
        n += 1;
    }
    lua_settop(L, -2);
    return n;
}

static int in_array(lua_State *L, int value, lua_Integer length) {
    if (!lua_isinteger(L, value)) return 0;
    lua_Integer i = lua_tointeger(L, value);
    return i >= 1 && i <= length;
}

// Pushes an array of the sorted keys outside the array part, or nil when there are none.
static void push_rest(lua_State *L, int table, lua_Integer length) {
    table = lua_absindex(L, table);
    luaL_checkstack(L, 8, "pairs");
    int64_t count = 0;
    lua_pushnil(L);
    int start = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_settop(L, -2);
        if (in_array(L, -1, length)) continue;
        if (count == 0) {
            lua_createtable(L, 4, 0);
            lua_replace(L, start);
        }
        lua_pushvalue(L, -1);
        lua_rawseti(L, start, ++count);
    }
    // Sorting compares each key with some of the others.
    bridge_charge(L, length + 48 * count);
    if (count == 0) return;
    if (count > INT32_MAX) luaL_error(L, "pairs: table too large");
    key *keys = lua_newuserdatauv(L, (size_t)count * sizeof *keys, 0);
    int loose = 0;
    for (int64_t i = 0; i < count; i += 1) {
        lua_rawgeti(L, start, i + 1);
        keys[i] = describe(L, -1);
        keys[i].place = (uint32_t)(i + 1);
        if (keys[i].rank == rank_none && loose++ > 0) no_order(L, -1);
        lua_settop(L, -2);
    }
    qsort(keys, (size_t)count, sizeof *keys, order);
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i += 1) {
        lua_rawgeti(L, start, keys[i].place);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, start);
    lua_settop(L, start);
}

void bridge_push_sorted_keys(lua_State *L, int table) {
    table = lua_absindex(L, table);
    lua_Integer length = array_length(L, table);
    push_rest(L, table, length);
    lua_createtable(L, (int)(length < 1 << 24 ? length : 1 << 24), 0);
    for (lua_Integer i = 1; i <= length; i += 1) {
        lua_pushinteger(L, i);
        lua_rawseti(L, -2, i);
    }
    if (lua_istable(L, -2)) {
        lua_Integer rest = (lua_Integer)lua_rawlen(L, -2);
        for (lua_Integer i = 1; i <= rest; i += 1) {
            lua_rawgeti(L, -2, i);
            lua_rawseti(L, -2, length + i);
        }
    }
    lua_remove(L, -2);
}

// Upvalues: table, place of the last entry, sorted rest of the keys (false: not looked at yet),
// length of the array part when the rest was taken.
static int step(lua_State *L) {
    const int table = lua_upvalueindex(1), rest = lua_upvalueindex(3);
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(2)) + 1;
    lua_settop(L, 0);
    if (lua_isboolean(L, rest)) {
        if (lua_rawgeti(L, table, place) != LUA_TNIL) {
            lua_pushinteger(L, place);
            lua_pushvalue(L, -1);
            lua_replace(L, lua_upvalueindex(2));
            lua_insert(L, 1);
            return 2;
        }
        // The array part may shrink while it is walked; what was visited is not visited again.
        push_rest(L, table, place - 1);
        lua_replace(L, rest);
        place = 1;
    }
    if (lua_isnil(L, rest)) {
        lua_pushnil(L);
        return 1;
    }
    for (;; place += 1) {
        lua_settop(L, 0);
        if (lua_rawgeti(L, rest, place) == LUA_TNIL) return 1;
        lua_pushvalue(L, 1);
        if (lua_rawget(L, table) == LUA_TNIL) continue;  // removed on the way
        lua_pushinteger(L, place);
        lua_replace(L, lua_upvalueindex(2));
        return 2;
    }
}

// A metatable may become weak after `setmetatable` has looked at it; what such a table holds depends
// on the collector.
static void refuse_weak(lua_State *L) {
    if (luaL_getmetafield(L, 1, "__mode") != LUA_TNIL) {
        luaL_error(L, "pairs: a table with '__mode' holds what the collector leaves of it");
    }
}

int bridge_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    refuse_weak(L);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushboolean(L, 0);
    lua_pushcclosure(L, step, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

// `next` in the order of `pairs`, without memory of the last call: linear in the table's size.
int bridge_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    refuse_weak(L);
    lua_settop(L, 2);
    if (bridge_read_only_target(L, 1)) lua_replace(L, 1);
    lua_Integer position = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;
    if (lua_isnil(L, 2) || (position >= 1 && position < LUA_MAXINTEGER)) {
        // Within the array part the next entry is at hand.
        if (lua_rawgeti(L, 1, position + 1) != LUA_TNIL) {
            lua_Integer length = position > 0 ? array_length(L, 1) : 1;
            bridge_charge(L, length);
            if (length > position) {
                lua_pushinteger(L, position + 1);
                lua_insert(L, -2);
                return 2;
            }
        }
        lua_settop(L, 2);
    }
    lua_Integer length = array_length(L, 1);
    int from_array = lua_isnil(L, 2) || in_array(L, 2, length) || position == length + 1;
    key after = describe(L, 2), best = {0};
    int found = 0, loose = 0;
    int64_t looked = length;
    lua_settop(L, 3);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_settop(L, -2);
        looked += 1;
        if (in_array(L, -1, length)) continue;
        key candidate = describe(L, -1);
        if (candidate.rank == rank_none && loose++ > 0) no_order(L, -1);
        if (!from_array && order(&candidate, &after) <= 0) continue;
        if (found && order(&candidate, &best) >= 0) continue;
        found = 1;
        best = candidate;
        lua_pushvalue(L, -1);
        lua_replace(L, 3);
    }
    bridge_charge(L, 4 * looked);
    lua_settop(L, 3);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}
