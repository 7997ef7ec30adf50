"""A Modbus TCP station by pymodbus, which is not ours: serves the registers of a JSON file, {"unit": {"register": value}},
and refuses all others. Prints its port when it listens.

    modbus_station.py REGISTERS.json PORT
"""
import json
import pathlib
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import StartTcpServer


def main():
    units = json.loads(pathlib.Path(sys.argv[1]).read_text())
    slaves = {}
    for unit, registers in units.items():
        block = ModbusSparseDataBlock({int(register): value for register, value in registers.items()})
        slaves[int(unit)] = ModbusSlaveContext(hr=block, zero_mode=True)
    print("serving", flush=True)
    StartTcpServer(context=ModbusServerContext(slaves=slaves, single=False), address=("127.0.0.1", int(sys.argv[2])))


main()
