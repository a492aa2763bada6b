"""A stand-in for `rpicam-vid` that reads its arguments as the real one does (Boost), with its help and its errors."""

from __future__ import annotations

HELP = """\
Valid options are:
  -h [ --help ] [=arg(=1)] (=0)         Print this help message
  --version [=arg(=1)] (=0)             Displays the build version number
  --list-cameras [=arg(=1)] (=0)        Lists the available cameras attached to the system.
  --camera arg (=0)                     Chooses the camera to use. To list the available indexes, use the
                                        --list-cameras option.
  -v [ --verbose ] [=arg(=2)] (=1)      Set verbosity level. Level 0 is no output, 1 is default, 2 is verbose.
  -c [ --config ] [=arg(=config.txt)]   Read the options from a file. If no filename is specified, default to
                                        config.txt.
  --info-text arg (=#%frame (%fps fps) exp %exp ag %ag dg %dg)
                                        Sets the information string on the titlebar. Available values:
                                        %frame (frame number)
  --width arg (=0)                      Set the output image width (0 = use default value)
  --height arg (=0)                     Set the output image height (0 = use default value)
  -t [ --timeout ] arg (=5sec)          Time for which program runs. If no units are provided default to ms.
  -o [ --output ] arg                   Set the output file name
  --post-process-file arg               Set the file name for configuring the post-processing
  -n [ --nopreview ] [=arg(=1)] (=0)    Do not show a preview window
  --hflip [=arg(=1)] (=0)               Request a horizontal flip transform
  --vflip [=arg(=1)] (=0)               Request a vertical flip transform
  --rotation arg (=0)                   Request an image rotation, 0 or 180
  --roi arg (=0,0,0,0)                  Set region of interest (digital zoom) e.g. 0.25,0.25,0.5,0.5
  --shutter arg (=0)                    Set a fixed shutter speed. If no units are provided default to us
  --analoggain arg (=0)                 Set a fixed gain value (synonym for 'gain' option)
  --gain arg (=0)                       Set a fixed gain value
  --metering arg (=centre)              Set the metering mode (centre, spot, average, custom)
  --exposure arg (=normal)              Set the exposure mode (normal, sport)
  --ev arg (=0)                         Set the EV exposure compensation, where 0 = no change
  --awb arg (=auto)                     Set the AWB mode (auto, incandescent, tungsten, fluorescent, indoor, daylight,
                                        cloudy, custom)
  --awbgains arg (=0,0)                 Set explict red and blue gains (disable the automatic AWB algorithm)
  --flush [=arg(=1)] (=0)               Flush output data as soon as possible
  --brightness arg (=0)                 Adjust the brightness of the output images, in the range -1.0 to 1.0
  --framerate arg (=-1)                 Set the fixed framerate for preview and video modes
  --denoise arg (=auto)                 Sets the Denoise operating mode: auto, off, cdn_off, cdn_fast, cdn_hq
  --tuning-file arg (=-)                Name of camera tuning file to use, omit this option for libcamera default
                                        behaviour
  --mode arg                            Camera mode as W:H:bit-depth:packing, where packing is P (packed) or U
                                        (unpacked)
  --autofocus-mode arg (=default)       Control to set the mode of the AF (autofocus) algorithm.(manual, auto,
                                        continuous)
  --lens-position arg                   Set the lens to a particular focus position, expressed as a reciprocal distance
                                        (0 moves the lens to infinity), or "default" for the hyperfocal distance
  --hdr [=arg(=auto)] (=off)            Enable High Dynamic Range, where supported. Available values are "off", "auto",
                                        "sensor" for sensor HDR
  --codec arg (=h264)                   Set the codec to use, either h264, libav, mjpeg or yuv420
  -q [ --quality ] arg (=50)            Set the MJPEG quality parameter (mjpeg only)
"""
BODY = (
    f"""
HELP = {HELP!r}
"""
    r"""
import re
(HERE / "calls").open("a").write(" ".join(sys.argv[1:]) + "\n")
known, short = {}, {}
for line in HELP.splitlines():
    found = re.match(r"  (?:-(\w) \[ )?--([a-z-]+)(?: \])?( \[=arg)?( arg)?", line)
    if found:
        known[found[2]] = "optional" if found[3] else "needed"
        short[found[1]] = found[2]
def fail(words):
    say("ERROR: *** " + words + " ***\n"); sys.exit(255)
given, words = {}, sys.argv[1:]
while words:
    word = words.pop(0)
    name, equals, value = word.partition("=")
    if name.startswith("--"):
        name = name[2:]
    elif len(name) == 2 and name[0] == "-" and name[1] in short:
        name = short[name[1]]
    elif name.startswith("-"):
        fail(f"unrecognised option '{word}'")
    else:
        fail("too many positional options have been specified on the command line")
    if name not in known:
        fail(f"unrecognised option '--{name}'")
    if not equals and known[name] == "optional":
        value = "1"
    elif not equals:
        if not words or (words[0].startswith("-") and words[0] != "-"):
            fail(f"the required argument for option '--{name}' is missing")
        value = words.pop(0)
    given[name] = value
if "help" in given:
    write(HELP.encode()); sys.exit()
if "list-cameras" in given:
    write(b"Available cameras\n-----------------\n0 : imx708_wide [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@1)\n"
          b"1 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@0/imx219@10)\n"); sys.exit()
try:
    float(given.get("gain", "0"))
except ValueError:
    fail(f"the argument ('{given['gain']}') for option '--gain' is invalid")
if given.get("awb", "auto") not in ("auto", "incandescent", "daylight", "cloudy"):
    fail("Invalid AWB mode: " + given["awb"])
(HERE / "given").write_text("\n".join(f"{name}={value}" for name, value in given.items()))
say("[0:12:34] [987] INFO RPI vc4.cpp:447 Registered camera to Unicam device /dev/media1\n")
while True:
    write(PICTURE); time.sleep(0.02)
"""
)
INSPECT = r"""
write(b'''Factory Details:
  Rank                     primary (256)
  Long-name                NvArgusCameraSrc

Element Properties:
  name                : The name of the object
                        flags: readable, writable
  num-buffers         : Number of buffers to output before sending EOS (-1 = unlimited)
                        flags: readable, writable
  sensor-id           : Set the id of camera sensor to use. Default 0.
                        flags: readable, writable
  wbmode              : White balance affects the color temperature of the photo
                        flags: readable, writable
                        Enum "GstNvArgusCamWBMode" Default: 1, "auto"
                           (0): off              - GST_NVCAM_WB_MODE_OFF
  exposuretimerange   : Property to adjust exposure time range in nanoseconds
                        flags: readable, writable
''')
"""
