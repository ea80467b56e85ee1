using System.Runtime.InteropServices;

namespace CondaFuse.Packing.Archives;

/// <summary>The header block of a tar entry: "ustar Interchange Format", POSIX.1-2017, pax. Numbers are octal digits, with a NUL behind them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawTarHeader
{
    public fixed byte Name[100];
    public fixed byte Mode[8];
    public fixed byte UserId[8];
    public fixed byte GroupId[8];
    public fixed byte Size[12];
    public fixed byte Modified[12];
    public fixed byte Checksum[8];
    public byte Type;
    public fixed byte LinkName[100];
    public fixed byte Magic[8];
    public fixed byte UserName[32];
    public fixed byte GroupName[32];
    public fixed byte DeviceMajor[8];
    public fixed byte DeviceMinor[8];
    public fixed byte Prefix[155];
    public fixed byte Padding[12];
}
