// Restores the user's terminal from anywhere, even from a signal handler.
#pragma once

void restore_remember(void);  // stores the terminal's settings before anything changes them
void restore_install(void);   // installs the signal handlers
void restore_forget(void);    // says that the user has the terminal, so a crash must not restore it
void restore_settings(void);  // gives the terminal the settings that it had before
void restore_write(const char *sequence);
