// libedit, the BSD line editor. `el_set`, `el_get` and `history` take any arguments, which Swift
// cannot pass; each use of theirs has a function of its own here.
#include <histedit.h>
#include <locale.h>
#include <stdio.h>

typedef char *(*edit_prompt)(EditLine *);
typedef unsigned char (*edit_action)(EditLine *, int);

// An editor of the program's own terminal, with the keys of Emacs; NULL where it cannot be had.
static inline EditLine *edit_open(const char *program, void *owner, edit_prompt prompt) {
    EditLine *editor = el_init(program, stdin, stdout, stderr);
    if (!editor) return NULL;
    el_set(editor, EL_CLIENTDATA, owner);
    el_set(editor, EL_PROMPT, prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 1);
    return editor;
}

static inline void *edit_owner(EditLine *editor) {
    void *owner = NULL;
    return el_get(editor, EL_CLIENTDATA, &owner) == 0 ? owner : NULL;
}

// Gives a key, written as in `.editrc`, to an action that is made known by its name.
static inline void edit_add(
    EditLine *editor, const char *name, const char *help, const char *key, edit_action action) {
    el_set(editor, EL_ADDFN, name, help, action);
    el_set(editor, EL_BIND, key, name, NULL);
}

// Gives a key to an action that libedit has.
static inline void edit_bind(EditLine *editor, const char *key, const char *name) {
    el_set(editor, EL_BIND, key, name, NULL);
}

// While a line is edited, Ctrl-C and its like are keys and no signals.
static inline void edit_take_signals(EditLine *editor) {
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
}

// Makes keys of what is typed from here on, before the prompt asks for it.
static inline void edit_prepare(EditLine *editor) {
    el_set(editor, EL_PREP_TERM, 1);
}

static inline void edit_use_history(EditLine *editor, History *lines, int limit) {
    HistEvent event;
    history(lines, &event, H_SETSIZE, limit);
    history(lines, &event, H_SETUNIQUE, 1);
    el_set(editor, EL_HIST, history, lines);
}

static inline void edit_remember(History *lines, const char *line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}

// Text by the way that libedit's own takes, so that both come in order.
static inline void edit_write(const char *text) {
    fputs(text, stdout);
    fflush(stdout);
}

// Goes behind the line under edit, so that other text can follow.
static inline void edit_leave_line(EditLine *editor) {
    const LineInfoW *line = el_wline(editor);
    el_cursor(editor, (int)(line->lastchar - line->cursor));
    // Drawing it anew begins where the cursor stands.
    edit_write("\r");
    el_set(editor, EL_REFRESH);
}

// libedit reads characters by the locale of its thread. Lua must not see another than "C": its
// patterns would differ. So the thread has UTF-8 only while a line is edited.
static inline locale_t edit_locale(void) {
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static inline locale_t edit_enter_locale(locale_t locale) {
    return locale ? uselocale(locale) : (locale_t)0;
}

static inline void edit_leave_locale(locale_t before) {
    if (before) uselocale(before);
}
