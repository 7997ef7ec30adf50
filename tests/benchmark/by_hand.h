/* SPDX-License-Identifier: MIT */
/* The limit: what the same work costs in C for one purpose, without a schema, a model or a second use. */
#ifndef BLUETTI_BENCHMARK_BY_HAND_H
#define BLUETTI_BENCHMARK_BY_HAND_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned crc16_by_hand(const unsigned char* data, size_t size);           /* eight tables */
unsigned crc16_by_hand_one_table(const unsigned char* data, size_t size); /* the usual way */

/* Registers in a v1.2 envelope: their place, and their number of bytes in `size`; NULL if anything is wrong. */
const unsigned char* open_frame_by_hand(const unsigned char* payload, size_t length, long* size);

/* Made by unroll.cpp: `values` by slot, NaN where there is none. */
void read_block_100_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_1100_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_1300_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_1400_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_1500_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_6000_by_hand(const unsigned char* data, long size, double* values, char* text);
void read_block_6100_by_hand(const unsigned char* data, long size, double* values, char* text);

/* Indices of the values that differ; `known` is brought up to date. */
size_t find_changes_by_hand(const double* values, double* known, size_t count, unsigned* changed);

/* A number of tenths: "53.1", "53", "-0.5". Returns its length. */
size_t format_tenths_by_hand(long tenths, char* out);

/* One entity of a discovery document. Returns its length. */
size_t write_entity_by_hand(const char* serial, const char* station, const char* path, const char* id, const char* name,
                            const char* unit, const char* device_class, const char* state_class, char* out,
                            size_t size);

#ifdef __cplusplus
}
#endif

#endif
