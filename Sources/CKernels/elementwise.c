// Fused elementwise programs, interpreted block by block.
//
// A register is a pointer to a block of values. Full inputs are read where they are, and the last
// instruction that writes an output's register writes the output itself, so a program of one
// instruction moves no value twice. Only what must be expanded (scalars, rows, columns) and what
// lives between instructions is held in buffers, which fit the first-level cache.

#include "elementwise_instruction.h"

enum {
    BLOCK = 1024,       // values in a block
    FEW = 10,           // with more registers than this, blocks are half as long
    SPACING = BLOCK + 32,  // apart, so that equal places do not share a cache set
};

/// How one call runs: where each register is, and what must be copied.
typedef struct {
    size_t rows, cols;
    int32_t extent[CK_MAX_INPUTS];
    bool copied[CK_MAX_INPUTS];      // a full input that an output would overwrite too early
    bool spoiled[CK_MAX_INPUTS];     // a register that an instruction reuses
    int32_t writer[CK_MAX_OUTPUTS];  // the instruction that writes the output itself, or −1
} ck_schedule;

CK_INLINE int operands(uint8_t opcode) {
    if (opcode == CK_CONSTANT) return 0;
    if (opcode == CK_SELECT) return 3;
    return opcode >= CK_ADD && opcode <= CK_EQUAL ? 2 : 1;
}

CK_INLINE bool reads(const ck_instruction *i, uint8_t r) {
    const int count = operands(i->opcode);
    return (count > 0 && i->a == r) || (count > 1 && i->b == r) || (count > 2 && i->c == r);
}

/// The last step that reads input `r`: an instruction, or count + k for the copy to output k.
static int32_t last_read(const ck_instruction *program, int32_t count, uint8_t r,
                         const uint8_t *output_registers, int32_t output_count) {
    int32_t last = -1;
    for (int32_t i = 0; i < count; i++) {
        if (reads(&program[i], r)) last = i;
        if (program[i].dst == r) return last;
    }
    for (int32_t k = 0; k < output_count; k++)
        if (output_registers[k] == r) last = count + k;
    return last;
}

static ck_schedule plan(const ck_instruction *program, int32_t count, const ck_operand *inputs,
                        int32_t input_count, float *const *outputs,
                        const uint8_t *output_registers, int32_t output_count, size_t rows,
                        size_t cols) {
    ck_schedule s = {.rows = rows, .cols = cols};
    bool shaped = false;
    for (int32_t i = 0; i < input_count; i++) {
        s.extent[i] = inputs[i].extent;
        if (cols == 1 && s.extent[i] == CK_ROW) s.extent[i] = CK_SCALAR;
        else if (cols == 1 && s.extent[i] == CK_COLUMN) s.extent[i] = CK_FULL;
        else if (rows == 1 && s.extent[i] == CK_ROW) s.extent[i] = CK_FULL;
        else if (rows == 1 && s.extent[i] == CK_COLUMN) s.extent[i] = CK_SCALAR;
        shaped = shaped || s.extent[i] == CK_ROW || s.extent[i] == CK_COLUMN;
    }
    if (!shaped) s.rows = 1, s.cols = rows * cols;
    for (int32_t k = 0; k < output_count; k++) {
        s.writer[k] = -1;
        bool taken = false;
        for (int32_t before = 0; before < k; before++)
            taken = taken || output_registers[before] == output_registers[k];
        for (int32_t i = 0; i < count && !taken; i++)
            if (program[i].dst == output_registers[k]) s.writer[k] = i;
    }
    for (int32_t i = 0; i < input_count; i++) {
        for (int32_t j = 0; j < count; j++) s.spoiled[i] = s.spoiled[i] || program[j].dst == i;
        if (s.extent[i] != CK_FULL) continue;
        const int32_t last =
            last_read(program, count, (uint8_t)i, output_registers, output_count);
        for (int32_t k = 0; k < output_count; k++) {
            const int32_t written = s.writer[k] >= 0 ? s.writer[k] : count + k;
            if (outputs[k] == inputs[i].data && last > written) s.copied[i] = true;
        }
    }
    return s;
}

/// A scalar, a row or a column, laid out over `lines` rows of `length` values from row `row`.
CK_INLINE void expand(int32_t extent, const float *data, size_t row, size_t lines, size_t length,
                      float *to) {
    for (size_t r = 0; r < lines; r++, to += length) {
        const float value = data[extent == CK_COLUMN ? row + r : 0];
        if (extent == CK_ROW)
            for (size_t j = 0; j < length; j++) to[j] = data[j];
        else
            for (size_t j = 0; j < length; j++) to[j] = value;
    }
}

/// One instruction over any count: full vectors, then the last few values in a block of their own.
CK_INLINE void run_any(const ck_instruction *what, size_t count, const float *const *at,
                       float *to) {
    const int used = operands(what->opcode);
    const float *pa = used > 0 ? at[what->a] : to;
    const float *pb = used > 1 ? at[what->b] : pa, *pc = used > 2 ? at[what->c] : pa;
    float last[4][16] = {{0}};
    const size_t whole = count / 16 * 16, rest = count - whole;
    float *into = to;
    for (size_t part = whole > 0 ? 0 : 1, length = whole; part < 2; part++, length = 16) {
        if (part == 1) {
            if (rest == 0) break;
            for (size_t i = 0; i < rest; i++) {
                if (used > 0) last[0][i] = pa[whole + i];
                if (used > 1) last[1][i] = pb[whole + i];
                if (used > 2) last[2][i] = pc[whole + i];
            }
            pa = last[0], pb = last[1], pc = last[2], into = last[3], length = 16;
        }
        run_instruction(what, length, pa, pb, pc, into);
    }
    for (size_t i = 0; i < rest; i++) to[whole + i] = last[3][i];
}

CK_INLINE void run(const ck_instruction *program, int32_t instructions, const ck_operand *inputs,
                   int32_t input_count, float *const *outputs, const uint8_t *output_registers,
                   int32_t output_count, size_t rows, size_t cols) {
    float buffers[CK_MAX_REGISTERS * SPACING] __attribute__((aligned(64)));
    const float *at[CK_MAX_REGISTERS];
    int used = input_count;
    for (int32_t i = 0; i < instructions; i++)
        if (program[i].dst >= used) used = program[i].dst + 1;
    const size_t block = used > FEW ? BLOCK / 2 : BLOCK;
    const ck_schedule s = plan(program, instructions, inputs, input_count, outputs,
                               output_registers, output_count, rows, cols);
    for (int r = 0; r < CK_MAX_REGISTERS; r++) at[r] = buffers + r * SPACING;

    // A block is several whole rows, or a part of one.
    const bool several = s.cols <= block;
    const size_t lines = several ? block / larger(s.cols, 1) : 1;
    const size_t piece = several ? s.cols : block;
    // The same for every block, unless an instruction reuses the register.
    for (int32_t i = 0; i < input_count; i++)
        if (s.extent[i] == CK_SCALAR || (s.extent[i] == CK_ROW && several))
            expand(s.extent[i], inputs[i].data, 0, lines, piece, buffers + i * SPACING);

    for (size_t row = 0; row < s.rows; row += lines) {
        const size_t high = smaller(lines, s.rows - row);
        for (size_t col = 0; col < s.cols; col += piece) {
            const size_t wide = smaller(piece, s.cols - col), count = high * wide;
            const size_t offset = row * s.cols + col;
            for (int32_t i = 0; i < input_count; i++) {
                float *own = buffers + i * SPACING;
                at[i] = own;
                if (s.extent[i] == CK_FULL && s.copied[i])
                    memcpy(own, inputs[i].data + offset, sizeof(float) * count);
                else if (s.extent[i] == CK_FULL)
                    at[i] = inputs[i].data + offset;
                else if (s.extent[i] == CK_ROW && !several)
                    at[i] = inputs[i].data + col;
                else if (s.extent[i] == CK_COLUMN || s.spoiled[i])
                    expand(s.extent[i], inputs[i].data, row, high, wide, own);
            }
            for (int32_t i = 0; i < instructions; i++) {
                const uint8_t dst = program[i].dst;
                float *to = buffers + dst * SPACING;
                for (int32_t k = 0; k < output_count; k++)
                    if (s.writer[k] == i) to = outputs[k] + offset;
                run_any(&program[i], count, at, to);
                at[dst] = to;
            }
            for (int32_t k = 0; k < output_count; k++) {
                const float *from = at[output_registers[k]];
                if (from != outputs[k] + offset)
                    memcpy(outputs[k] + offset, from, sizeof(float) * count);
            }
        }
    }
}

CK_CLONES
void ck_elementwise(const ck_instruction *program, int32_t instructions, const ck_operand *inputs,
                    int32_t input_count, float *const *outputs, const uint8_t *output_registers,
                    int32_t output_count, size_t rows, size_t cols) {
    run(program, instructions, inputs, input_count, outputs, output_registers, output_count, rows,
        cols);
}
