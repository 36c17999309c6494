// The table of one instruction set's kernels. Its file includes this last.
const ck_kernels CK_TABLE = {
    .decode = CK_(decode),
    .quantize_row = CK_(quantize_row),
    .multiply = CK_(multiply),
    .normalize_rms = CK_(normalize_rms),
    .normalize_layer = CK_(normalize_layer),
    .activate = CK_(activate),
    .add = CK_(add),
    .softcap = CK_(softcap),
    .rotate = CK_(rotate),
    .attend = CK_(attend),
    .maximum = CK_(maximum),
    .exponentials = CK_(exponentials),
    .multiply_by = CK_(multiply_by),
};
