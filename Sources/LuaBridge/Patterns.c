// Lua patterns with a bill.
//
// A pattern such as ".-.-.-b" backtracks for hours inside one library call, which the instruction
// count does not see. So matching is done here: the pattern is compiled into items (a set of bytes
// is a bitmap), and every step is charged to the limit of the running call.
#include "Internal.h"
#include <ctype.h>
#include <string.h>

enum { most_captures = 32, most_items = 400, items_on_stack = 16, steps_per_instruction = 4 };

enum kind { match_one, match_balance, match_frontier, match_reference, open_capture,
            open_position, close_capture, at_end };

typedef struct item {
    enum kind kind;
    char quantifier;              // 0, '?', '*', '+', '-'
    unsigned char first, second;  // balance: the pair; reference: the capture
    uint32_t set[8];
} item;

enum { unfinished = -1, position_only = -2 };

typedef struct matcher {
    lua_State *L;
    const char *start, *end;
    const item *items;
    int count;
    int level;
    int64_t steps;
    struct {
        const char *start;
        ptrdiff_t length;
    } captures[most_captures];
} matcher;

// MARK: Compiling

static void add_byte(item *i, unsigned char byte) {
    i->set[byte >> 5] |= 1u << (byte & 31);
}

static int has_byte(const item *i, unsigned char byte) {
    return i->set[byte >> 5] >> (byte & 31) & 1;
}

static void invert(item *i) {
    for (int w = 0; w < 8; w += 1) i->set[w] = ~i->set[w];
}

static int is_zero(int byte) {
    return byte == 0;
}

// Adds the class of a letter as in "%a", or the byte itself when it names no class.
static void add_class(item *i, unsigned char letter) {
    int (*test)(int) = NULL;
    switch (tolower(letter)) {
        case 'a': test = isalpha; break;
        case 'c': test = iscntrl; break;
        case 'd': test = isdigit; break;
        case 'g': test = isgraph; break;
        case 'l': test = islower; break;
        case 'p': test = ispunct; break;
        case 's': test = isspace; break;
        case 'u': test = isupper; break;
        case 'w': test = isalnum; break;
        case 'x': test = isxdigit; break;
        case 'z': test = is_zero; break;
        default: add_byte(i, letter); return;
    }
    for (int byte = 0; byte < 256; byte += 1) {
        if ((test(byte) != 0) != (isupper(letter) != 0)) add_byte(i, (unsigned char)byte);
    }
}

// Reads "[…]" from the bracket on; returns the place after it.
static const char *read_set(lua_State *L, item *i, const char *at, const char *end) {
    at += 1;
    int negated = at < end && *at == '^';
    if (negated) at += 1;
    for (int is_first = 1;; is_first = 0) {
        if (at >= end) luaL_error(L, "malformed pattern (missing ']')");
        unsigned char byte = (unsigned char)*at++;
        if (byte == ']' && !is_first) break;
        if (byte == '%') {
            if (at >= end) luaL_error(L, "malformed pattern (missing ']')");
            add_class(i, (unsigned char)*at++);
        } else if (at + 1 < end && at[0] == '-' && at[1] != ']') {
            for (int b = byte; b <= (unsigned char)at[1]; b += 1) add_byte(i, (unsigned char)b);
            at += 2;
        } else {
            add_byte(i, byte);
        }
    }
    if (negated) invert(i);
    return at;
}

static const char *read_quantifier(item *i, const char *at, const char *end) {
    if (at < end && *at && strchr("?*+-", *at)) i->quantifier = *at++;
    return at;
}

// Reads what follows a '%'; returns the place after it.
static const char *read_escape(lua_State *L, item *i, const char *at, const char *end) {
    if (at >= end) luaL_error(L, "malformed pattern (ends with '%%')");
    unsigned char byte = (unsigned char)*at++;
    if (byte == 'b') {
        if (end - at < 2) luaL_error(L, "malformed pattern (missing arguments to '%%b')");
        i->kind = match_balance;
        i->first = (unsigned char)at[0];
        i->second = (unsigned char)at[1];
        return at + 2;
    }
    if (byte == 'f') {
        if (at >= end || *at != '[') luaL_error(L, "missing '[' after '%%f' in pattern");
        i->kind = match_frontier;
        return read_set(L, i, at, end);
    }
    if (isdigit(byte)) {
        if (byte == '0') luaL_error(L, "invalid capture index %%0 in pattern");
        i->kind = match_reference;
        i->first = (unsigned char)(byte - '1');
        return at;
    }
    i->kind = match_one;
    add_class(i, byte);
    return read_quantifier(i, at, end);
}

// Compiles into `items` (room for as many as the pattern has bytes); returns their number.
static int compile(lua_State *L, const char *at, const char *end, item *items) {
    int count = 0;
    while (at < end) {
        if (count >= most_items) luaL_error(L, "pattern too long (most: %d items)", most_items);
        item *i = &items[count++];
        memset(i, 0, sizeof *i);
        switch (*at) {
            case '(':
                i->kind = at + 1 < end && at[1] == ')' ? open_position : open_capture;
                at += i->kind == open_position ? 2 : 1;
                break;
            case ')':
                i->kind = close_capture;
                at += 1;
                break;
            case '%':
                at = read_escape(L, i, at + 1, end);
                break;
            case '[':
                i->kind = match_one;
                at = read_quantifier(i, read_set(L, i, at, end), end);
                break;
            case '$':
                if (at + 1 == end) {
                    i->kind = at_end;
                    at += 1;
                    break;
                }
                // fallthrough: elsewhere it is a byte like another
            default:
                i->kind = match_one;
                if (*at == '.') invert(i);
                else add_byte(i, (unsigned char)*at);
                at = read_quantifier(i, at + 1, end);
        }
    }
    return count;
}

// MARK: Matching

static void bill(matcher *m) {
    int64_t steps = m->steps;
    m->steps = 0;
    bridge_charge(m->L, steps / steps_per_instruction);
}

static void count_steps(matcher *m, int64_t steps) {
    m->steps += steps;
    if (m->steps >= 4096) bill(m);
}

static const char *match(matcher *m, int index, const char *at);

static const char *match_quantified(matcher *m, int index, const char *at) {
    const item *i = &m->items[index];
    if (i->quantifier == '-') {
        for (;;) {
            const char *rest = match(m, index + 1, at);
            if (rest) return rest;
            if (at >= m->end || !has_byte(i, (unsigned char)*at)) return NULL;
            at += 1;
        }
    }
    ptrdiff_t least = i->quantifier == '+', most = 0;
    while (at + most < m->end && has_byte(i, (unsigned char)at[most])) {
        most += 1;
        if (i->quantifier == '?') break;
    }
    count_steps(m, most);
    for (; most >= least; most -= 1) {
        const char *rest = match(m, index + 1, at + most);
        if (rest) return rest;
    }
    return NULL;
}

static const char *match_pair(matcher *m, const item *i, const char *at) {
    if (at >= m->end || (unsigned char)*at != i->first) return NULL;
    int64_t depth = 1;
    const char *from = at++;
    for (; at < m->end; at += 1) {
        if ((unsigned char)*at == i->second) {
            depth -= 1;
            if (depth == 0) {
                count_steps(m, at - from);
                return at + 1;
            }
        } else if ((unsigned char)*at == i->first) {
            depth += 1;
        }
    }
    count_steps(m, at - from);
    return NULL;
}

static int is_frontier(const matcher *m, const item *i, const char *at) {
    unsigned char before = at == m->start ? 0 : (unsigned char)at[-1];
    unsigned char after = at == m->end ? 0 : (unsigned char)*at;
    return !has_byte(i, before) && has_byte(i, after);
}

static const char *match_again(matcher *m, const item *i, const char *at) {
    if (i->first >= m->level || m->captures[i->first].length == unfinished) {
        luaL_error(m->L, "invalid capture index %%%d in pattern", i->first + 1);
    }
    ptrdiff_t length = m->captures[i->first].length;
    if (length == position_only) return NULL;
    count_steps(m, length / 16);
    if (m->end - at < length) return NULL;
    return memcmp(m->captures[i->first].start, at, (size_t)length) == 0 ? at + length : NULL;
}

static const char *match_open(matcher *m, int index, const char *at) {
    if (m->level >= most_captures) luaL_error(m->L, "too many captures");
    m->captures[m->level].start = at;
    m->captures[m->level].length =
        m->items[index].kind == open_position ? position_only : unfinished;
    m->level += 1;
    const char *rest = match(m, index + 1, at);
    if (!rest) m->level -= 1;
    return rest;
}

static const char *match_close(matcher *m, int index, const char *at) {
    int level = m->level - 1;
    while (level >= 0 && m->captures[level].length != unfinished) level -= 1;
    if (level < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[level].length = at - m->captures[level].start;
    const char *rest = match(m, index + 1, at);
    if (!rest) m->captures[level].length = unfinished;
    return rest;
}

// Recurses once an item at most, so its depth is bounded by `most_items`.
static const char *match(matcher *m, int index, const char *at) {
    for (; index < m->count; index += 1) {
        const item *i = &m->items[index];
        count_steps(m, 1);
        switch (i->kind) {
            case match_one:
                if (i->quantifier) return match_quantified(m, index, at);
                if (at >= m->end || !has_byte(i, (unsigned char)*at)) return NULL;
                at += 1;
                break;
            case match_balance:
                at = match_pair(m, i, at);
                if (!at) return NULL;
                break;
            case match_frontier:
                if (!is_frontier(m, i, at)) return NULL;
                break;
            case match_reference:
                at = match_again(m, i, at);
                if (!at) return NULL;
                break;
            case open_capture:
            case open_position:
                return match_open(m, index, at);
            case close_capture:
                return match_close(m, index, at);
            case at_end:
                if (at != m->end) return NULL;
                break;
        }
    }
    return at;
}

static const char *match_at(matcher *m, const char *at) {
    m->level = 0;
    return match(m, 0, at);
}

// Items for the pattern: in `room` when it is short, else in a userdata left on the stack.
static int prepare(
    matcher *m, lua_State *L, const char *subject, size_t length, const char *pattern,
    size_t pattern_length, item *room) {
    item *items = room;
    if (pattern_length > items_on_stack) {
        size_t most = pattern_length < most_items ? pattern_length : most_items;
        items = lua_newuserdatauv(L, most * sizeof *items, 0);
    }
    m->L = L;
    m->start = subject;
    m->end = subject + length;
    m->items = items;
    m->level = 0;
    m->steps = 0;
    m->count = compile(L, pattern, pattern + pattern_length, items);
    return m->count;
}

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
        if (!hit) return NULL;
        bridge_charge(L, (hit - at) / 256 + (lua_Integer)(size / 64));
        if (memcmp(hit, needle, size) == 0) return hit;
        at = hit + 1;
    }
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
    prepare(&m, L, subject, length, pattern + anchored, pattern_length - (size_t)anchored, room);
    const char *at = subject + place;
    do {
        const char *end = match_at(&m, at);
        if (!end) continue;
        bill(&m);
        if (!find) return push_captures(&m, at, end, 1);
        lua_pushinteger(L, at - subject + 1);
        lua_pushinteger(L, end - subject);
        return push_captures(&m, NULL, NULL, 0) + 2;
    } while (at++ < m.end && !anchored);
    bill(&m);
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
    prepare(&m, L, subject, length, pattern, pattern_length, room);
    for (const char *at = subject + place; at <= m.end; at += 1) {
        const char *end = match_at(&m, at);
        if (!end || end - subject == last) continue;
        bill(&m);
        lua_pushinteger(L, end - subject);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, at, end, 1);
    }
    bill(&m);
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
    count_steps(m, (int64_t)length);
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
    prepare(&m, L, subject, length, pattern + anchored, pattern_length - (size_t)anchored, room);
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    const char *at = subject, *last = NULL;
    while (count < most) {
        const char *end = match_at(&m, at);
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
    bill(&m);
    luaL_addlstring(&result, at, (size_t)(m.end - at));
    luaL_pushresult(&result);
    lua_pushinteger(L, count);
    return 2;
}

const luaL_Reg bridge_pattern_functions[] = {
    {"find", string_find},   {"match", string_match}, {"gmatch", string_gmatch},
    {"gsub", string_gsub},   {NULL, NULL}};
