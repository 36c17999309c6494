// The way back to the user's terminal from anywhere, a signal handler included.
#pragma once

void restore_remember(void);  // the terminal's settings, before anything changes them
void restore_install(void);   // signal handlers
void restore_forget(void);    // the terminal is the user's again: a crash has nothing to restore
void restore_write(const char *sequence);
