// Position and script-only stack of an error, taken while its frames still stand.
#include "Internal.h"
#include <stdio.h>
#include <string.h>

// Of a deep stack the innermost and outermost levels of each coroutine are kept.
enum { innermost = 120, outermost = 40 };

// What taking a stack costs, in instructions.
enum { units_of_capture = 500 };

// Chunks named "@path" are scripts; "=name" is code of the host, of no interest to a reader.
static int is_script(const lua_Debug *frame) {
    return frame->currentline > 0 && frame->source[0] != '=';
}

static const char *file_name(const lua_Debug *frame) {
    return frame->source[0] == '@' ? frame->source + 1 : frame->short_src;
}

static void append_row(
    bridge_report *report, const char *file, int line, const char *name, char kind) {
    size_t room = sizeof report->stack - report->stack_length;
    int n = snprintf(
        report->stack + report->stack_length, room, "%.1000s\x1f%d\x1f%s\x1f%c\n", file, line, name,
        kind);
    if (n > 0 && (size_t)n < room) {
        report->stack_length += (size_t)n;
    } else {
        report->stack[report->stack_length] = 0;
    }
}

static void append(bridge_report *report, const lua_Debug *frame) {
    char name[160];
    if (frame->name && strcmp(frame->namewhat, "metamethod") == 0) {
        snprintf(name, sizeof name, "metamethod '%.100s'", frame->name);
    } else if (frame->name) {
        snprintf(name, sizeof name, "'%.100s'", frame->name);
    } else if (frame->what[0] == 'm') {
        snprintf(name, sizeof name, "the script itself");
    } else if (frame->currentline > 0) {
        snprintf(name, sizeof name, "the function of line %d", frame->linedefined);
    } else {
        snprintf(name, sizeof name, "a function of the host");
    }
    if (is_script(frame)) {
        append_row(report, file_name(frame), frame->currentline, name, 's');
    } else if (frame->currentline > 0) {
        append_row(report, frame->source + 1, frame->currentline, name, 'h');
    } else if (frame->name) {
        append_row(report, "[host]", 0, name, 'h');
    }
}

int bridge_depth(lua_State *L) {
    lua_Debug frame;
    int low = 0, high = 1;
    while (lua_getstack(L, high, &frame)) {
        low = high;
        high *= 2;
    }
    while (low + 1 < high) {
        int middle = low + (high - low) / 2;
        if (lua_getstack(L, middle, &frame)) low = middle;
        else high = middle;
    }
    return low;
}

// One coroutine, or the main thread.
static void walk(lua_State *L, bridge_report *report) {
    lua_Debug frame;
    int last = bridge_depth(L);
    for (int level = 0; level <= last; level += 1) {
        if (level == innermost && last - level > outermost) {
            char text[64];
            snprintf(text, sizeof text, "(%d frames left out)", last - level - outermost);
            append_row(report, "...", 0, text, 'h');
            level = last - outermost;
        }
        if (!lua_getstack(L, level, &frame)) break;
        if (!lua_getinfo(L, "Sln", &frame)) continue;
        append(report, &frame);
        if (report->line > 0 || !is_script(&frame)) continue;
        report->line = frame.currentline;
        snprintf(report->file, sizeof report->file, "%s", file_name(&frame));
    }
    report->levels += last;
}

void bridge_capture(lua_State *L, bridge_report *report) {
    report->line = 0;
    report->skip = 0;
    report->overflow = 0;
    report->levels = 0;
    report->file[0] = 0;
    report->stack[0] = 0;
    report->stack_length = 0;
    bridge *b = bridge_of(L);
    // A coroutine stands on the frames of those who resumed it.
    const bridge_resume *link = b->resumes;
    for (int threads = 0; L && threads < 200; threads += 1) {
        walk(L, report);
        while (link && link->co != L) link = link->outer;
        L = link ? link->from : NULL;
    }
    // A script may fail and go on; looking at its stack is work. The limit is looked at later.
    if (!b->tripped && b->count < b->stop_at) b->count += units_of_capture + 8 * (int64_t)report->levels;
}

// The length of a leading "name:line: ", the line in `line`; 0 when there is none.
static int position_prefix(const char *message, const char *name, int *line) {
    size_t length = strlen(name);
    if (strncmp(message, name, length) != 0 || message[length] != ':') return 0;
    const char *digit = message + length + 1;
    int value = 0;
    if (*digit < '0' || *digit > '9') return 0;
    while (*digit >= '0' && *digit <= '9' && value < 100000000) value = value * 10 + *digit++ - '0';
    if (digit[0] != ':' || digit[1] != ' ') return 0;
    *line = value;
    return (int)(digit + 2 - message);
}

// `error("…", 2)` blames another line than that of the nearest frame: the message's own word
// counts. Lua shortens long paths in it, so the prefix is compared with each frame's short name.
static void adopt_prefix(lua_State *L, const char *message, bridge_report *report) {
    lua_Debug frame;
    for (int level = 0; level < innermost && lua_getstack(L, level, &frame); level += 1) {
        if (!lua_getinfo(L, "Sl", &frame) || frame.currentline < 0) continue;
        int line = 0;
        int skip = position_prefix(message, frame.short_src, &line);
        if (skip == 0) continue;
        report->skip = skip;
        if (frame.source[0] != '=') {
            report->line = line;
            snprintf(report->file, sizeof report->file, "%s", file_name(&frame));
        }
        return;
    }
    // Raised again after the frames that it speaks of have gone, or from below a coroutine.
    const char *end = strstr(message, ".lua:");
    if (!end || end - message > 200) return;
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)(end - message) + 4, message);
    int line = 0;
    int skip = position_prefix(message, name, &line);
    if (skip == 0 || strpbrk(name, "\n")) return;
    report->skip = skip;
    report->line = line;
    snprintf(report->file, sizeof report->file, "%s", name);
}

static void read_message(lua_State *L, const char *message, bridge_report *report) {
    adopt_prefix(L, message, report);
    // Only a deep stack overflows; a script may use the words too.
    report->overflow = strstr(message, "stack overflow") && report->levels > 60;
}

// The stack of a coroutine that failed is gone when its resumer raises the error again, so what
// was seen is kept with the value: a nil stands for itself.
void bridge_remember(lua_State *L, lua_State *co) {
    bridge *b = bridge_of(L);
    if (b->tripped || lua_gettop(co) < 1 || bridge_recall(co, b->failed)) return;
    bridge_capture(co, b->failed);
    if (lua_type(co, -1) == LUA_TSTRING) read_message(co, lua_tostring(co, -1), b->failed);
    lua_pushvalue(co, -1);
    if (lua_isnil(co, -1)) {
        lua_pushlightuserdata(co, &bridge_key_failed);
        lua_replace(co, -2);
    }
    // The entry exists, so nothing is allocated.
    lua_rawsetp(co, LUA_REGISTRYINDEX, &bridge_key_failed);
    b->remembers = 1;
}

void bridge_forget(lua_State *L) {
    bridge *b = bridge_of(L);
    if (!b->remembers || !lua_checkstack(L, 1)) return;
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bridge_key_failed);
    b->remembers = 0;
}

// Whether the error value on top is the one remembered; its place is then in the report.
int bridge_recall(lua_State *L, bridge_report *report) {
    bridge *b = bridge_of(L);
    if (!b->remembers || !lua_checkstack(L, 1)) return 0;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bridge_key_failed);
    int same = lua_isnil(L, -2) ? lua_touserdata(L, -1) == &bridge_key_failed
                                : lua_rawequal(L, -1, -2);
    lua_settop(L, -2);
    if (same && report != b->failed) *report = *b->failed;
    return same;
}

int bridge_on_error(lua_State *L) {
    bridge *b = bridge_of(L);
    if (b->tripped) return 1;
    if (lua_type(L, 1) == LUA_TUSERDATA) {
        bridge_box *box = bridge_object(b, 1);
        if (box && box->type == BRIDGE_TYPE_ERROR) return 1;
    }
    lua_settop(L, 1);
    if (bridge_recall(L, b->report)) return 1;
    bridge_capture(L, b->report);
    if (lua_type(L, 1) == LUA_TSTRING) {
        read_message(L, lua_tostring(L, 1), b->report);
    }
    return 1;
}

void bridge_where(bridge *b) {
    bridge_capture(b->running, b->report);
}

const char *bridge_caller(bridge *b, char *buffer, size_t capacity) {
    lua_Debug frame;
    for (int level = 0; level < innermost && lua_getstack(b->running, level, &frame); level++) {
        if (!lua_getinfo(b->running, "Sl", &frame) || frame.currentline < 0) continue;
        snprintf(buffer, capacity, "%s", frame.source);
        return buffer;
    }
    return NULL;
}

int bridge_defined(bridge *b, char *buffer, size_t capacity) {
    lua_Debug frame;
    buffer[0] = 0;
    if (!lua_isfunction(b->running, -1)) {
        lua_settop(b->running, -2);
        return 0;
    }
    if (!lua_getinfo(b->running, ">S", &frame) || frame.linedefined < 0) return 0;
    snprintf(buffer, capacity, "%s", file_name(&frame));
    return frame.linedefined > 0 ? frame.linedefined : 1;
}

int bridge_error_line(const bridge *b) {
    return b->report->line;
}

const char *bridge_error_file(const bridge *b) {
    return b->report->file;
}

const char *bridge_error_stack(const bridge *b) {
    return b->report->stack;
}

size_t bridge_error_skip(const bridge *b) {
    return (size_t)b->report->skip;
}

int64_t bridge_error_limit(const bridge *b) {
    return b->report->limit;
}
