/** The parts of Element Plus that the office pages use, each with its own style. Add yours here. */
import 'element-plus/es/components/base/style/css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import 'element-plus/es/components/config-provider/style/css'
import 'element-plus/es/components/dialog/style/css'
import 'element-plus/es/components/overlay/style/css'
import 'element-plus/es/components/date-picker/style/css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/select/style/css'
import './element.css'

export { ElConfigProvider, ElDatePicker, ElDialog, ElMessage, ElOption, ElSelect } from 'element-plus'
