# The view of scripts/demo: on a terminal a table of topics that updates in place, otherwise one line per value. At
# the end a line of totals; exits with 1 if a station sent nothing. Input, one per line:
#
#   tick SECONDS ROWS COLUMNS     once a second, with the size of the terminal
#   value TOPIC PAYLOAD           BASE/STATION/FIELD and below
#   document TOPIC                a discovery document
#
# Variables: terminal (0 or 1), stations (their ids), hint (lines on how to subscribe, and what else to try).

BEGIN {
  # The most interesting values; on a terminal the others follow as far as they fit.
  main_count = split("availability soc charging_status pv_power grid_power ac_output_power dc_output_power " \
                     "inverter_status pack_voltage pack_current battery_temperature grid_frequency pv_energy " \
                     "ac_output_energy dc_output_energy grid_charge_energy grid_feed_energy battery_soh " \
                     "time_to_full time_to_empty", main)
  line_count = 8  # the number of them shown line by line
  for (i = 1; i <= main_count; i++) place[main[i]] = i
  station_count = split(stations, station)
  hint_count = split(hint, hints, "\n")
  for (i = 1; i <= station_count; i++) is_station[station[i]] = 1
  label_width = 26
  fresh_seconds = 3
  if (terminal) printf "\033[?25l"  # hides the cursor
}

$1 == "tick" {
  now = $2
  if (terminal) draw($3, $4)
}

$1 == "value" {
  messages++
  take($2, substr($0, length("value " $2 " ") + 1))
}

$1 == "document" { documents[$2] = 1 }

END {
  if (terminal) printf "\033[?25h\n"
  for (i = 1; i <= station_count; i++) {
    line = line sprintf("%s %d values, ", station[i], values[station[i]])
    if (!values[station[i]]) missing = missing " " station[i]
  }
  printf "%d s: %s%s\n", now, line, totals()
  if (missing) printf "No values from%s\n", missing
  exit missing != ""
}

function take(topic, payload,    part, depth) {
  depth = split(topic, part, "/")
  if (payload == "") {  # the retained topic is cleared
    if (topic in value) topics--
    delete value[topic]
    return
  }
  if (!(topic in value)) topics++
  if (payload != value[topic]) changed_at[topic] = now
  else if (!terminal) return
  value[topic] = payload
  if (!(part[2] in is_station)) return
  if (part[3] != "availability" && !counted[topic]++) values[part[2]]++
  if (depth != 3) return
  root = part[1]
  if (!(part[3] in place) && !listed[part[3]]++) other[++other_count] = part[3]
  if (!terminal && place[part[3]] && place[part[3]] <= line_count) {
    printf "%6s  %s = %s\n", clock(), topic, payload
  }
}

function draw(rows, columns,    room, shown, i, field) {
  room = rows - 5 - hint_count
  value_width = within(14, int((columns - label_width) / station_count), 26)
  shown = within(1, int((columns - label_width) / value_width), station_count)
  printf size == rows " " columns ? "\033[H" : "\033[2J\033[H"
  size = rows " " columns
  print_line("BLUETTI Gateway demo  " clock() "  " totals(), columns)
  for (i = 1; i <= hint_count; i++) print_line(hints[i], columns)
  print_line("", columns)
  printf "%-" label_width "s", ""
  for (i = 1; i <= shown; i++) printf "%" value_width - 2 "s  ", station[i]
  print_line("", columns)
  for (i = 1; i <= main_count + other_count && room > 0; i++) {
    field = i <= main_count ? main[i] : other[i - main_count]
    if (draw_row(field, shown)) room--
  }
  print_line("* changed in the last " fresh_seconds " s; Ctrl-C ends", columns)
  printf "\033[J"
  fflush()
}

# Draws nothing and returns 0 if no station has the field.
function draw_row(field, shown,    i, topic, text, row, any) {
  for (i = 1; i <= shown; i++) {
    topic = root "/" station[i] "/" field
    text = topic in value ? substr(value[topic], 1, value_width - 3) : "-"
    any = any || topic in value
    if (topic in value && now - changed_at[topic] < fresh_seconds) {
      row = row sprintf("\033[1m%" value_width - 2 "s *\033[0m", text)
    } else {
      row = row sprintf("%" value_width - 2 "s  ", text)
    }
  }
  if (!any) return 0
  printf "%-" label_width "s%s\033[K\n", substr(field, 1, label_width - 1), row
  return 1
}

function within(least, number, most) {
  return number < least ? least : number > most ? most : number
}

function print_line(text, columns) {
  printf "%s\033[K\n", substr(text, 1, columns)
}

function totals(    documents_count, topic) {
  for (topic in documents) documents_count++
  return sprintf("%d topics, %d messages, %d discovery documents", topics, messages, documents_count)
}

function clock() {
  return sprintf("%d:%02d", now / 60, now % 60)
}
