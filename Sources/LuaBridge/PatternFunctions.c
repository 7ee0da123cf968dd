// `string.find`, `match`, `gmatch` and `gsub` over the matcher of Patterns.c.
#include "Patterns.h"
#include <ctype.h>
#include <string.h>

// MARK: Results

static void push_capture(matcher *m, int index, const char *from, const char *to) {
    if (index >= m->level) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, from, (size_t)(to - from));
        return;
    }
    ptrdiff_t length = m->captures[index].length;
    if (length == unfinished) luaL_error(m->L, "unfinished capture");
    if (length == position_only) {
        lua_pushinteger(m->L, m->captures[index].start - m->start + 1);
    } else {
        lua_pushlstring(m->L, m->captures[index].start, (size_t)length);
    }
}

// All captures, or the whole match where there are none and `whole` is set.
static int push_captures(matcher *m, const char *from, const char *to, int whole) {
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int index = 0; index < count; index += 1) push_capture(m, index, from, to);
    return count;
}

// The 0-based place that a first-index argument means; beyond `length` when it is out of reach.
static size_t start_place(lua_Integer place, size_t length) {
    if (place > 0) return (size_t)place - 1;
    if (place == 0 || place < -(lua_Integer)length) return 0;
    return length + (size_t)place;
}

static const char *find_plain(
    lua_State *L, const char *at, size_t length, const char *needle, size_t size) {
    if (size == 0) return at;
    const char *end = at + length;
    while ((size_t)(end - at) >= size) {
        const char *hit = memchr(at, needle[0], (size_t)(end - at) - size + 1);
        if (!hit) break;
        bridge_charge(L, (hit - at) / 256 + (lua_Integer)(size / 64));
        if (memcmp(hit, needle, size) == 0) return hit;
        at = hit + 1;
    }
    bridge_charge(L, (end - at) / 256);
    return NULL;
}

static int find_or_match(lua_State *L, int find) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    size_t place = start_place(luaL_optinteger(L, 3, 1), length);
    if (place > length) {
        lua_pushnil(L);
        return 1;
    }
    int plain = find && lua_toboolean(L, 4);
    if (find && !plain) {
        plain = 1;
        for (size_t i = 0; i < pattern_length && plain; i += 1) {
            plain = pattern[i] == 0 || !strchr("^$*+?.([%-)", pattern[i]);
        }
    }
    if (plain) {
        const char *hit =
            find_plain(L, subject + place, length - place, pattern, pattern_length);
        if (hit) {
            lua_pushinteger(L, hit - subject + 1);
            lua_pushinteger(L, hit - subject + (lua_Integer)pattern_length);
            return 2;
        }
        lua_pushnil(L);
        return 1;
    }
    int anchored = pattern_length > 0 && pattern[0] == '^';
    matcher m;
    item room[items_on_stack];
    pattern_prepare(&m, L, subject, length, pattern + anchored, pattern_length - (size_t)anchored, room);
    const char *at = subject + place;
    do {
        const char *end = pattern_match(&m, at);
        if (!end) continue;
        pattern_bill(&m);
        if (!find) return push_captures(&m, at, end, 1);
        lua_pushinteger(L, at - subject + 1);
        lua_pushinteger(L, end - subject);
        return push_captures(&m, NULL, NULL, 0) + 2;
    } while (at++ < m.end && !anchored);
    pattern_bill(&m);
    lua_pushnil(L);
    return 1;
}

static int string_find(lua_State *L) {
    return find_or_match(L, 1);
}

static int string_match(lua_State *L) {
    return find_or_match(L, 0);
}

// Upvalues: subject, pattern, place to go on from, end of the last match (-1: none).
static int gmatch_step(lua_State *L) {
    size_t length, pattern_length;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &length);
    const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    size_t place = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    if (place > length) return 0;
    matcher m;
    item room[items_on_stack];
    pattern_prepare(&m, L, subject, length, pattern, pattern_length, room);
    for (const char *at = subject + place; at <= m.end; at += 1) {
        const char *end = pattern_match(&m, at);
        if (!end || end - subject == last) continue;
        pattern_bill(&m);
        lua_pushinteger(L, end - subject);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, at, end, 1);
    }
    pattern_bill(&m);
    lua_pushinteger(L, (lua_Integer)length + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t place = start_place(luaL_optinteger(L, 3, 1), length);
    if (place > length) place = length + 1;
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)place);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_step, 4);
    return 1;
}

// MARK: Substitution

static void add_template(
    matcher *m, luaL_Buffer *result, const char *from, const char *to, const char *text,
    size_t length) {
    lua_State *L = m->L;
    pattern_count(m, (int64_t)length);
    for (size_t i = 0; i < length; i += 1) {
        if (text[i] != '%') {
            luaL_addchar(result, text[i]);
            continue;
        }
        i += 1;
        char byte = i < length ? text[i] : 0;
        if (byte == '%') {
            luaL_addchar(result, '%');
        } else if (byte == '0') {
            luaL_addlstring(result, from, (size_t)(to - from));
        } else if (isdigit((unsigned char)byte)) {
            if (byte - '1' >= (m->level ? m->level : 1)) {
                luaL_error(L, "invalid capture index %%%c in replacement string", byte);
            }
            push_capture(m, byte - '1', from, to);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(result);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

static void add_replacement(
    matcher *m, luaL_Buffer *result, const char *from, const char *to) {
    lua_State *L = m->L;
    switch (lua_type(L, 3)) {
        case LUA_TTABLE:
            push_capture(m, 0, from, to);
            lua_gettable(L, 3);
            break;
        case LUA_TFUNCTION:
            lua_pushvalue(L, 3);
            lua_call(L, push_captures(m, from, to, 1), 1);
            break;
        default: {
            size_t length;
            const char *text = lua_tolstring(L, 3, &length);
            add_template(m, result, from, to, text, length);
            return;
        }
    }
    if (!lua_toboolean(L, -1)) {
        lua_settop(L, -2);
        luaL_addlstring(result, from, (size_t)(to - from));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(result);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
}

static int string_gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    int type = lua_type(L, 3);
    luaL_argexpected(
        L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TTABLE || type == LUA_TFUNCTION,
        3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    int anchored = pattern_length > 0 && pattern[0] == '^';
    matcher m;
    item room[items_on_stack];
    pattern_prepare(&m, L, subject, length, pattern + anchored, pattern_length - (size_t)anchored, room);
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    const char *at = subject, *last = NULL;
    while (count < most) {
        const char *end = pattern_match(&m, at);
        if (end && end != last) {
            count += 1;
            add_replacement(&m, &result, at, end);
            at = last = end;
        } else if (at < m.end) {
            luaL_addchar(&result, *at);
            at += 1;
        } else {
            break;
        }
        if (anchored) break;
    }
    pattern_bill(&m);
    luaL_addlstring(&result, at, (size_t)(m.end - at));
    luaL_pushresult(&result);
    lua_pushinteger(L, count);
    return 2;
}

const luaL_Reg bridge_pattern_functions[] = {
    {"find", string_find},   {"match", string_match}, {"gmatch", string_gmatch},
    {"gsub", string_gsub},   {NULL, NULL}};
