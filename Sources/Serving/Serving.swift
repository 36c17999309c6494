// Filled by the parts of this module.
