import CPNG
import CTurboJPEG
import CWebP
import CTIFF
import CEXIF
import CLCMS
import CRSVG
