/* SPDX-License-Identifier: MIT */
#include "tests/benchmark/by_hand.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static unsigned short tables[8][256];

__attribute__((constructor)) static void make_tables(void) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
    tables[0][byte] = (unsigned short)crc;
  }
  for (int slice = 1; slice < 8; ++slice) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      unsigned before = tables[slice - 1][byte];
      tables[slice][byte] = (unsigned short)(before >> 8 ^ tables[0][before & 0xFF]);
    }
  }
}

unsigned crc16_by_hand_one_table(const unsigned char* data, size_t size) {
  unsigned crc = 0xFFFF;
  for (size_t i = 0; i < size; ++i) crc = crc >> 8 ^ tables[0][(crc ^ data[i]) & 0xFF];
  return crc;
}

unsigned crc16_by_hand(const unsigned char* data, size_t size) {
  unsigned crc = 0xFFFF;
  for (; size >= 8; data += 8, size -= 8) {
    unsigned low = crc ^ (data[0] | (unsigned)data[1] << 8);
    crc = tables[7][low & 0xFF] ^ tables[6][low >> 8] ^ tables[5][data[2]] ^ tables[4][data[3]] ^ tables[3][data[4]] ^
          tables[2][data[5]] ^ tables[1][data[6]] ^ tables[0][data[7]];
  }
  for (; size > 0; ++data, --size) crc = crc >> 8 ^ tables[0][(crc ^ *data) & 0xFF];
  return crc;
}

const unsigned char* open_frame_by_hand(const unsigned char* payload, size_t length, long* size) {
  if (length < 10 + 5 || payload[0] != 0x01 || payload[1] != 0xF8) return NULL;
  const unsigned char* frame = payload + 10;
  length -= 10;
  if (frame[1] != 3 || (size_t)frame[2] + 5 != length) return NULL;
  if (crc16_by_hand(frame, length - 2) != (frame[length - 2] | (unsigned)frame[length - 1] << 8)) return NULL;
  *size = frame[2];
  return frame + 3;
}

size_t find_changes_by_hand(const double* values, double* known, size_t count, unsigned* changed) {
  size_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    if (values[i] == known[i] || (isnan(values[i]) && isnan(known[i]))) continue;
    known[i] = values[i];
    changed[found++] = (unsigned)i;
  }
  return found;
}

size_t format_tenths_by_hand(long tenths, char* out) {
  char digits[24];
  char* end = out;
  unsigned long rest = tenths < 0 ? 0 - (unsigned long)tenths : (unsigned long)tenths;
  if (tenths < 0) *end++ = '-';
  unsigned long whole = rest / 10;
  int count = 0;
  do {
    digits[count++] = (char)('0' + whole % 10);
    whole /= 10;
  } while (whole != 0);
  while (count > 0) *end++ = digits[--count];
  if (rest % 10 != 0) {
    *end++ = '.';
    *end++ = (char)('0' + rest % 10);
  }
  return (size_t)(end - out);
}

size_t write_entity_by_hand(const char* serial, const char* station, const char* path, const char* id, const char* name,
                            const char* unit, const char* device_class, const char* state_class, char* out, size_t size) {
  return (size_t)snprintf(out, size,
                          ",\"%s\":{\"platform\":\"sensor\",\"unique_id\":\"bluetti_%s_%s\",\"name\":\"%s\","
                          "\"state_topic\":\"bluetti/%s/%s\",\"unit_of_measurement\":\"%s\",\"device_class\":\"%s\","
                          "\"state_class\":\"%s\",\"value_template\":\"{{ value if value else None }}\"}",
                          id, serial, id, name, station, path, unit, device_class, state_class);
}
